//! A server with security and TLS switched on.
