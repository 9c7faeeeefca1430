//! The form of what is in files: magic, length and checksum, then a payload. That of a record is type, operation, index,
//! id and document; that of marks, the offsets of records that have ended.
//!
//! The magic has bytes that UTF-8 never has, so after damage the next record is found by searching for it. Its last byte
//! is the version of the form.

use djelme_core::backend::DocumentVersion;
use djelme_core::document::WriteOp;

const MAGIC: [u8; 4] = [0xFF, b'D', b'J', 0xFE];

/// Magic, length of the payload, its checksum; numbers are little-endian.
const HEADER: usize = 12;

/// A record in a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Frame<'a> {
    pub(super) record_type: &'a str,
    pub(super) op: WriteOp,
    pub(super) index: &'a str,
    /// As it stands in JSON, without the quotes.
    pub(super) id: &'a str,
    pub(super) source: &'a [u8],
}

impl<'a> Frame<'a> {
    pub(super) fn append_to(&self, out: &mut Vec<u8>) {
        append(out, |out| {
            match self.op {
                WriteOp::Create => out.push(0),
                WriteOp::Index => out.push(1),
                WriteOp::IndexIf(version) => {
                    out.push(2);
                    out.extend_from_slice(&version.seq_no.to_le_bytes());
                    out.extend_from_slice(&version.primary_term.to_le_bytes());
                }
            }
            for part in [self.record_type, self.index, self.id] {
                out.extend_from_slice(&length(part.len()));
                out.extend_from_slice(part.as_bytes());
            }
            out.extend_from_slice(self.source);
        });
    }

    pub(super) fn parse(mut payload: &'a [u8]) -> Option<Self> {
        let mut take = |count: usize| {
            let (part, rest) = payload.split_at_checked(count)?;
            payload = rest;
            Some(part)
        };
        let op = match take(1)? {
            [0] => WriteOp::Create,
            [1] => WriteOp::Index,
            [2] => {
                let mut number = || Some(u64::from_le_bytes(take(8)?.try_into().ok()?));
                WriteOp::IndexIf(DocumentVersion { seq_no: number()?, primary_term: number()? })
            }
            _ => return None,
        };
        let mut text = || {
            let length = u32::from_le_bytes(take(4)?.try_into().ok()?);
            std::str::from_utf8(take(usize::try_from(length).ok()?)?).ok()
        };
        let (record_type, index, id) = (text()?, text()?, text()?);
        Some(Self { record_type, op, index, id, source: payload })
    }
}

/// Writes down that the records at these offsets have ended.
pub(super) fn append_marks(out: &mut Vec<u8>, offsets: &[u32]) {
    append(out, |out| offsets.iter().for_each(|offset| out.extend_from_slice(&offset.to_le_bytes())));
}

pub(super) fn parse_marks(payload: &[u8]) -> Option<Vec<u32>> {
    let (offsets, []) = payload.as_chunks() else { return None };
    Some(offsets.iter().map(|offset| u32::from_le_bytes(*offset)).collect())
}

fn append(out: &mut Vec<u8>, payload: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    out.extend_from_slice(&[0; HEADER]);
    payload(out);
    let payload = &out[start + HEADER..];
    let (length, checksum) = (length(payload.len()), crc32fast::hash(payload).to_le_bytes());
    for (place, bytes) in [MAGIC, length, checksum].into_iter().enumerate() {
        out[start + place * 4..start + place * 4 + 4].copy_from_slice(&bytes);
    }
}

/// A record longer than that is far beyond what a server takes, and fails its checksum when it is read.
fn length(bytes: usize) -> [u8; 4] {
    u32::try_from(bytes).unwrap_or(u32::MAX).to_le_bytes()
}

/// What lies at a place of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found<T> {
    Whole {
        offset: usize,
        part: T,
    },
    /// Bytes that are no whole part, up to the next one.
    Damaged {
        offset: usize,
        bytes: usize,
    },
    /// A part that the file ends in the midst of.
    Torn {
        offset: usize,
        bytes: usize,
    },
}

/// Everything in a file, in order.
pub(super) fn scan<'a, T>(
    file: &'a [u8],
    parse: impl Fn(&'a [u8]) -> Option<T>,
) -> impl Iterator<Item = Found<T>> {
    let mut offset = 0;
    std::iter::from_fn(move || {
        let rest = file.get(offset..).filter(|rest| !rest.is_empty())?;
        let start = offset;
        if let Some((part, bytes)) = part_at(rest, &parse) {
            offset += bytes;
            return Some(Found::Whole { offset: start, part });
        }
        let next =
            (1..rest.len()).find(|at| rest[*at] == MAGIC[0] && part_at(&rest[*at..], &parse).is_some());
        let bytes = next.unwrap_or(rest.len());
        offset += bytes;
        let torn = next.is_none() && is_beginning(rest);
        Some(if torn {
            Found::Torn { offset: start, bytes }
        } else {
            Found::Damaged { offset: start, bytes }
        })
    })
}

/// The part that begins here, and its length.
pub(super) fn part_at<'a, T>(bytes: &'a [u8], parse: impl Fn(&'a [u8]) -> Option<T>) -> Option<(T, usize)> {
    let (length, checksum) = header(bytes)?;
    let end = HEADER.checked_add(length)?;
    let payload = bytes.get(HEADER..end)?;
    let part = (crc32fast::hash(payload) == checksum).then(|| parse(payload))??;
    Some((part, end))
}

fn header(bytes: &[u8]) -> Option<(usize, u32)> {
    let rest = bytes.get(..HEADER)?.strip_prefix(&MAGIC)?;
    let (length, checksum) = rest.split_at(4);
    let number = |bytes: &[u8]| bytes.try_into().ok().map(u32::from_le_bytes);
    Some((usize::try_from(number(length)?).ok()?, number(checksum)?))
}

/// Whether these bytes can be a record without its end.
fn is_beginning(bytes: &[u8]) -> bool {
    match header(bytes) {
        Some((length, _)) => bytes.len() < HEADER.saturating_add(length),
        None => bytes.len() < HEADER && (bytes.starts_with(&MAGIC) || MAGIC.starts_with(bytes)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAMES: [Frame<'_>; 3] = [
        Frame { record_type: "a::B", op: WriteOp::Create, index: "a_b", id: "1", source: b"{\"n\":1}" },
        Frame { record_type: "é", op: WriteOp::Index, index: "", id: "\\\"", source: b"{}" },
        Frame {
            record_type: "a::B",
            op: WriteOp::IndexIf(DocumentVersion { seq_no: 7, primary_term: 1 }),
            index: "a_b",
            id: "3",
            source: b"{\"n\":3}",
        },
    ];

    fn segment() -> (Vec<u8>, Vec<usize>) {
        let mut bytes = Vec::new();
        let mut ends = Vec::new();
        for frame in FRAMES {
            frame.append_to(&mut bytes);
            ends.push(bytes.len());
        }
        (bytes, ends)
    }

    fn records<'a>(found: &[Found<Frame<'a>>]) -> Vec<Frame<'a>> {
        let record = |found: &Found<Frame<'a>>| match found {
            Found::Whole { part, .. } => Some(*part),
            _ => None,
        };
        found.iter().filter_map(record).collect()
    }

    #[test]
    fn records_are_read_as_they_were_written() {
        let (bytes, ends) = segment();
        let offsets = [0].into_iter().chain(ends);
        let expected: Vec<_> =
            offsets.zip(FRAMES).map(|(offset, part)| Found::Whole { offset, part }).collect();
        assert_eq!(scan(&bytes, Frame::parse).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn marks_are_read_as_they_were_written_and_damage_costs_only_its_own() {
        let mut bytes = Vec::new();
        append_marks(&mut bytes, &[0, 77, u32::MAX]);
        let first = bytes.len();
        append_marks(&mut bytes, &[5]);
        for (flipped, left) in
            [(None, vec![vec![0, 77, u32::MAX], vec![5]]), (Some(first - 1), vec![vec![5]])]
        {
            let mut bytes = bytes.clone();
            flipped.into_iter().for_each(|at: usize| bytes[at] ^= 1);
            let whole = scan(&bytes, parse_marks).filter_map(|found| match found {
                Found::Whole { part, .. } => Some(part),
                _ => None,
            });
            assert_eq!(whole.collect::<Vec<_>>(), left);
        }
    }

    #[test]
    fn a_segment_torn_at_any_byte_has_all_whole_records() {
        let (bytes, ends) = segment();
        for length in 0..bytes.len() {
            let found: Vec<_> = scan(&bytes[..length], Frame::parse).collect();
            let whole = ends.iter().filter(|end| **end <= length).count();
            assert_eq!(records(&found), FRAMES[..whole], "{length}");
            let start = whole.checked_sub(1).map_or(0, |last| ends[last]);
            let torn = Found::Torn { offset: start, bytes: length - start };
            assert_eq!(found.get(whole), (length > start).then_some(&torn), "{length}");
        }
    }

    #[test]
    fn a_byte_flipped_anywhere_costs_only_its_record_and_is_reported() {
        let (bytes, ends) = segment();
        for at in 0..bytes.len() {
            for bit in 0..8 {
                let mut damaged = bytes.clone();
                damaged[at] ^= 1 << bit;
                let found: Vec<_> = scan(&damaged, Frame::parse).collect();
                let hit = ends.iter().filter(|end| **end <= at).count();
                let mut left = FRAMES.to_vec();
                left.remove(hit);
                assert_eq!(records(&found), left, "{at} {bit}");
                let start = hit.checked_sub(1).map_or(0, |last| ends[last]);
                let reported = |found: &Found<Frame<'_>>| match found {
                    Found::Damaged { offset, bytes } | Found::Torn { offset, bytes } => {
                        (*offset, *bytes) == (start, ends[hit] - start)
                    }
                    Found::Whole { .. } => false,
                };
                assert_eq!(found.iter().filter(|found| reported(found)).count(), 1, "{at} {bit}");
            }
        }
    }
}
