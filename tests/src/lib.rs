//! What the tests across the crates share: a connection to the server under test, and throw-away names.

pub mod server;

/// The guide for users of the Python package, whose examples are compiled with the tests of the documentation.
#[cfg(doctest)]
#[doc = include_str!("../../docs/from-python.md")]
mod from_python {}
