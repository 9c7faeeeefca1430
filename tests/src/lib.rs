//! What the tests across the crates share: a connection to the server under test, and throw-away names.

pub mod server;
