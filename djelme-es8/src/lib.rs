//! djelme-es8
