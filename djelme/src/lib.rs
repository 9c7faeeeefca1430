//! djelme
