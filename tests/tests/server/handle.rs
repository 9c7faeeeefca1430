//! The handle on a real server: set up, record, search, get, delete.
