//! Examples of djelme, each a folder or file of `examples/`: `cargo run -p djelme-examples --example NAME`.
