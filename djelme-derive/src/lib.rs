//! djelme-derive
