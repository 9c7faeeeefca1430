//! The path of a field inside a document.

use std::fmt;

/// Where a field lies in a document: `user.name` is two segments.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct FieldPath {
    segments: [&'static str; Self::MAX_DEPTH],
    len: usize,
}

impl FieldPath {
    /// The document itself.
    pub const ROOT: Self = Self { segments: [""; Self::MAX_DEPTH], len: 0 };

    /// How deep objects may lie in each other. The derives refuse a deeper struct, so a path always fits.
    pub const MAX_DEPTH: usize = 8;

    /// The path of the field `name` below this one. Beyond [`MAX_DEPTH`](Self::MAX_DEPTH), which the derives
    /// rule out, the path stays as it is.
    #[must_use]
    pub const fn join(mut self, name: &'static str) -> Self {
        if self.len < Self::MAX_DEPTH {
            self.segments[self.len] = name;
            self.len += 1;
        }
        self
    }
}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, segment) in self.segments.iter().take(self.len).enumerate() {
            if position > 0 {
                f.write_str(".")?;
            }
            f.write_str(segment)?;
        }
        Ok(())
    }
}

impl fmt::Debug for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
