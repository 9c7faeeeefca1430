//! Frames: how one write lies in the log, and how writes are found again around damaged bytes.
//!
//! A frame begins with four bytes that no text has, so that nothing in a document can be taken for one. Two checksums
//! tell a frame that was cut off (the last write of a program that ended in the middle of it) from a damaged one.

use super::super::catalog::TableId;

/// No UTF-8 text has these bytes.
const MAGIC: [u8; 4] = [0xFF, 0xD7, 0xFE, 0xC5];
/// The magic bytes, the length of the body, its checksum, and the checksum of those two.
const HEADER: usize = 16;
/// What stands in a body before the texts.
const FIXED: usize = 8 + 1 + 4 + 8 + 2 + 2;

/// What a write does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    /// Stores a document in the place of any other with its id.
    Index,
    /// Deletes a document.
    Delete,
}

/// One write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Frame<'a> {
    /// Its number in the log.
    pub(crate) lsn: u64,
    pub(crate) action: Action,
    /// The table that takes the document.
    pub(crate) table: TableId,
    pub(crate) seq_no: u64,
    pub(crate) index: &'a str,
    pub(crate) id: &'a str,
    pub(crate) source: &'a [u8],
}

/// Why no frame can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unreadable {
    /// The bytes end within the frame, and what is there of it is sound.
    CutOff,
    Damaged,
}

/// What lies in a segment of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found<'a> {
    Frame(Frame<'a>),
    /// Bytes that are no frame, with a frame or the end after them.
    Damaged {
        offset: usize,
        bytes: usize,
    },
    /// The last frame, which was not written to its end.
    CutOff {
        offset: usize,
    },
}

impl<'a> Frame<'a> {
    pub(crate) fn append_to(&self, out: &mut Vec<u8>) {
        let start = out.len();
        out.extend_from_slice(&MAGIC);
        out.extend_from_slice(&[0; HEADER - MAGIC.len()]);
        let body = out.len();
        out.extend_from_slice(&self.lsn.to_le_bytes());
        out.push(match self.action {
            Action::Index => 1,
            Action::Delete => 2,
        });
        out.extend_from_slice(&self.table.to_le_bytes());
        out.extend_from_slice(&self.seq_no.to_le_bytes());
        // Both are checked before: 255 and 512 bytes at most.
        out.extend_from_slice(&(self.index.len() as u16).to_le_bytes());
        out.extend_from_slice(&(self.id.len() as u16).to_le_bytes());
        out.extend_from_slice(self.index.as_bytes());
        out.extend_from_slice(self.id.as_bytes());
        out.extend_from_slice(self.source);
        let length = (out.len() - body) as u32;
        let checksum = crc32fast::hash(&out[body..]);
        out[start + 4..start + 8].copy_from_slice(&length.to_le_bytes());
        out[start + 8..start + 12].copy_from_slice(&checksum.to_le_bytes());
        let header = crc32fast::hash(&out[start + 4..start + 12]);
        out[start + 12..body].copy_from_slice(&header.to_le_bytes());
    }

    /// The frame at the beginning of these bytes, and its length.
    fn read(bytes: &'a [u8]) -> Result<(Self, usize), Unreadable> {
        let Some((header, rest)) = bytes.split_at_checked(HEADER) else {
            let start = &MAGIC[..bytes.len().min(MAGIC.len())];
            return Err(if bytes.starts_with(start) { Unreadable::CutOff } else { Unreadable::Damaged });
        };
        if header[..4] != MAGIC || number(&header[12..]) != Some(crc32fast::hash(&header[4..12])) {
            return Err(Unreadable::Damaged);
        }
        let length = number(&header[4..]).ok_or(Unreadable::Damaged)? as usize;
        let body = rest.get(..length).ok_or(Unreadable::CutOff)?;
        if number(&header[8..]) != Some(crc32fast::hash(body)) {
            return Err(Unreadable::Damaged);
        }
        let frame = Self::read_body(body).ok_or(Unreadable::Damaged)?;
        Ok((frame, HEADER + length))
    }

    fn read_body(body: &'a [u8]) -> Option<Self> {
        let (fixed, texts) = body.split_at_checked(FIXED)?;
        let (lsn, fixed) = fixed.split_first_chunk()?;
        let (action, fixed) = fixed.split_first()?;
        let (table, fixed) = fixed.split_first_chunk()?;
        let (seq_no, fixed) = fixed.split_first_chunk()?;
        let (index, fixed) = fixed.split_first_chunk()?;
        let (id, _) = fixed.split_first_chunk()?;
        let (index, texts) = texts.split_at_checked(u16::from_le_bytes(*index).into())?;
        let (id, source) = texts.split_at_checked(u16::from_le_bytes(*id).into())?;
        Some(Self {
            lsn: u64::from_le_bytes(*lsn),
            action: match action {
                1 => Action::Index,
                2 => Action::Delete,
                _ => return None,
            },
            table: TableId::from_le_bytes(*table),
            seq_no: u64::from_le_bytes(*seq_no),
            index: std::str::from_utf8(index).ok()?,
            id: std::str::from_utf8(id).ok()?,
            source,
        })
    }
}

fn number(bytes: &[u8]) -> Option<u32> {
    bytes.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
}

/// Everything that lies in a segment, in order.
pub(crate) fn scan(bytes: &[u8]) -> impl Iterator<Item = Found<'_>> {
    let mut offset = 0;
    std::iter::from_fn(move || {
        if offset >= bytes.len() {
            return None;
        }
        let start = offset;
        match Frame::read(&bytes[start..]) {
            Ok((frame, length)) => {
                offset += length;
                Some(Found::Frame(frame))
            }
            Err(problem) => {
                let next = next_frame(&bytes[start + 1..]).map(|ahead| start + 1 + ahead);
                offset = next.unwrap_or(bytes.len());
                match (problem, next) {
                    (Unreadable::CutOff, None) => Some(Found::CutOff { offset: start }),
                    _ => Some(Found::Damaged { offset: start, bytes: offset - start }),
                }
            }
        }
    })
}

/// Where the next sound frame begins.
fn next_frame(bytes: &[u8]) -> Option<usize> {
    let mut from = 0;
    loop {
        let found = bytes[from..].windows(MAGIC.len()).position(|window| window == MAGIC)?;
        let at = from + found;
        if Frame::read(&bytes[at..]).is_ok() {
            return Some(at);
        }
        from = at + 1;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn frame<'a>(lsn: u64, id: &'a str, source: &'a [u8]) -> Frame<'a> {
        Frame { lsn, action: Action::Index, table: 3, seq_no: lsn + 7, index: "a_b_2026.", id, source }
    }

    fn log() -> Vec<u8> {
        let mut bytes = Vec::new();
        for (lsn, id) in (1..).zip(["x", "", "ünï", "w"]) {
            frame(lsn, id, b"{\"a\":\"b\"}").append_to(&mut bytes);
        }
        Frame { action: Action::Delete, ..frame(5, "gone", b"") }.append_to(&mut bytes);
        bytes
    }

    fn numbers(bytes: &[u8]) -> Vec<u64> {
        let number = |found| if let Found::Frame(frame) = found { Some(frame.lsn) } else { None };
        scan(bytes).filter_map(number).collect()
    }

    #[test]
    fn what_was_written_is_read() {
        let bytes = log();
        let found: Vec<_> = scan(&bytes).collect();
        assert_eq!(found[2], Found::Frame(frame(3, "ünï", b"{\"a\":\"b\"}")));
        assert_eq!(found[4], Found::Frame(Frame { action: Action::Delete, ..frame(5, "gone", b"") }));
        assert_eq!(found.len(), 5);
    }

    #[test]
    fn a_log_that_is_cut_anywhere_has_all_whole_frames_and_is_not_damaged() {
        let bytes = log();
        for length in 0..bytes.len() {
            let found: Vec<_> = scan(&bytes[..length]).collect();
            assert!(!found.iter().any(|found| matches!(found, Found::Damaged { .. })), "{length}: {found:?}");
            let frames = numbers(&bytes[..length]);
            assert_eq!(frames, (1..=frames.len() as u64).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_flipped_bit_anywhere_costs_one_frame_and_is_found() {
        let whole = log();
        for position in 0..whole.len() {
            for bit in 0..8 {
                let mut bytes = whole.clone();
                bytes[position] ^= 1 << bit;
                assert_eq!(numbers(&bytes).len(), 4, "{position} {bit}");
                let damaged = scan(&bytes).filter(|found| matches!(found, Found::Damaged { .. })).count();
                assert_eq!(damaged, 1, "{position} {bit}");
            }
        }
    }

    proptest! {
        #[test]
        fn overwritten_bytes_never_make_up_a_frame(
            position in 0..200_usize,
            garbage in proptest::collection::vec(any::<u8>(), 1..60),
        ) {
            let whole = log();
            let mut bytes = whole.clone();
            let end = (position + garbage.len()).min(bytes.len());
            bytes[position..end].copy_from_slice(&garbage[..end - position]);
            let originals: Vec<_> = scan(&whole).collect();
            for found in scan(&bytes).filter(|found| matches!(found, Found::Frame(_))) {
                prop_assert!(originals.contains(&found));
            }
        }

        #[test]
        fn any_bytes_are_read_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let covered: usize = scan(&bytes).map(|found| match found {
                Found::Damaged { bytes, .. } => bytes,
                _ => 0,
            }).sum();
            prop_assert!(covered <= bytes.len());
        }
    }
}
