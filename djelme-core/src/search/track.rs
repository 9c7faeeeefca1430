//! How far hits are counted.

use serde_json::Value;

/// How far a search counts the documents that match; made of a `bool` or a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrackTotalHits {
    /// All of them.
    All,
    /// At least so many, if there are.
    UpTo(u32),
    /// None: the total is unknown.
    Off,
}

impl TrackTotalHits {
    pub(super) fn to_json(self) -> Value {
        match self {
            Self::All => true.into(),
            Self::UpTo(hits) => hits.into(),
            Self::Off => false.into(),
        }
    }
}

impl From<bool> for TrackTotalHits {
    fn from(all: bool) -> Self {
        if all { Self::All } else { Self::Off }
    }
}

impl From<u32> for TrackTotalHits {
    fn from(hits: u32) -> Self {
        Self::UpTo(hits)
    }
}
