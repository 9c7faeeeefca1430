//! Random bytes for ids, taken from the operating system in large pieces.

use std::sync::{Mutex, PoisonError};

const BUFFER: usize = 1280;

/// A buffer of random bytes: one call of the operating system serves many ids.
pub(crate) struct Entropy(Mutex<Buffer>);

struct Buffer {
    bytes: [u8; BUFFER],
    used: usize,
}

impl Entropy {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(Buffer { bytes: [0; BUFFER], used: BUFFER }))
    }

    /// Ten bytes that no other call gets.
    pub(crate) fn take(&self) -> Result<[u8; 10], getrandom::Error> {
        let mut buffer = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if buffer.used + 10 > BUFFER {
            getrandom::fill(&mut buffer.bytes)?;
            buffer.used = 0;
        }
        let mut taken = [0; 10];
        taken.copy_from_slice(&buffer.bytes[buffer.used..buffer.used + 10]);
        buffer.used += 10;
        Ok(taken)
    }
}

impl std::fmt::Debug for Entropy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Entropy")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_bytes_are_handed_out_twice() {
        let entropy = Entropy::new();
        let taken: HashSet<_> = (0..1000).map(|_| entropy.take().unwrap()).collect();
        assert_eq!(taken.len(), 1000);
    }
}
