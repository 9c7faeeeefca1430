//! Counted usage: who used which item, by sessions of one hour.

mod key_file;
mod key_ring;
mod random_keys;
mod recordable;
mod sessions;

pub use djelme_core::usage::*;
pub use key_file::SessionKeyFile;
pub use random_keys::RandomSessionKeys;
pub use recordable::Recordable;

pub(crate) use sessions::{Clicks, Sessions};
