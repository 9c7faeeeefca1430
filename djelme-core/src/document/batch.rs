//! A batch: the bytes of a `_bulk` request, and where each record lies in them.

use std::borrow::Cow;
use std::ops::Range;

use bytes::Bytes;

use crate::backend::DocumentVersion;

/// What is to be done with a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WriteOp {
    /// Store it unless the id is taken.
    Create,
    /// Store it in the place of whatever has the id.
    Index,
    /// Store it in the place of this version; a conflict if another came first.
    IndexIf(DocumentVersion),
}

/// One record of a [`Batch`]; the ranges count bytes of its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchItem {
    /// What is to be done.
    pub op: WriteOp,
    /// The index name.
    pub index: Range<usize>,
    /// The id, as it stands in the JSON of the action line.
    pub id: Range<usize>,
    /// The action line, without its line end.
    pub action: Range<usize>,
    /// The document, without its line end.
    pub source: Range<usize>,
}

impl BatchItem {
    /// How many bytes of the batch's body it takes, with both line ends.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.source.end + 1 - self.action.start
    }

    /// The same item where what lay at `from` lies at `to`.
    fn moved(&self, from: usize, to: usize) -> Self {
        let moved = |range: &Range<usize>| range.start - from + to..range.end - from + to;
        Self {
            op: self.op,
            index: moved(&self.index),
            id: moved(&self.id),
            action: moved(&self.action),
            source: moved(&self.source),
        }
    }
}

/// `_bulk` bytes and where each record lies in them. Cheap to clone; a retry copies the ranges of what failed, and
/// nothing is ever serialized again.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    body: Bytes,
    items: Vec<BatchItem>,
}

impl Batch {
    /// The body of a `_bulk` request.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// The records, in order.
    #[must_use]
    pub fn items(&self) -> &[BatchItem] {
        &self.items
    }

    /// The index that this item of ours goes to.
    #[must_use]
    #[expect(clippy::should_implement_trait, reason = "an index of Elasticsearch, not of a collection")]
    pub fn index(&self, item: &BatchItem) -> &str {
        self.text(&item.index)
    }

    /// The id of this item of ours.
    #[must_use]
    pub fn id(&self, item: &BatchItem) -> Cow<'_, str> {
        let raw = self.text(&item.id);
        if !raw.contains('\\') {
            return Cow::Borrowed(raw);
        }
        // The builder wrote the quotes around the id, so the text between them is JSON.
        let quoted = self.text(&(item.id.start - 1..item.id.end + 1));
        serde_json::from_str(quoted).map_or(Cow::Borrowed(raw), Cow::Owned)
    }

    /// Whether this is the id of this item of ours: faster than to compare with [`id`](Self::id).
    #[must_use]
    pub fn has_id(&self, item: &BatchItem, id: &str) -> bool {
        let raw = &self.body[item.id.clone()];
        if raw.contains(&b'\\') { self.id(item) == id } else { raw == id.as_bytes() }
    }

    /// Whether these items of ours go to one index.
    #[must_use]
    pub fn same_index(&self, one: &BatchItem, other: &BatchItem) -> bool {
        self.body[one.index.clone()] == self.body[other.index.clone()]
    }

    /// The document of this item of ours; shares the batch's bytes.
    #[must_use]
    pub fn source(&self, item: &BatchItem) -> Bytes {
        self.body.slice(item.source.clone())
    }

    /// A batch of some of the items, in the order of `positions`. Positions outside of the batch are left out.
    #[must_use]
    pub fn select(&self, positions: impl IntoIterator<Item = usize>) -> Self {
        let chosen = positions.into_iter().filter_map(|position| self.items.get(position));
        let mut builder = BatchBuilder::default();
        for item in chosen {
            builder.copy(self, item);
        }
        builder.finish()
    }

    /// The batch's memory as an empty builder, so that another batch can be made without allocating. `None` while
    /// somebody else holds some of its bytes.
    #[must_use]
    pub fn into_builder(self) -> Option<BatchBuilder> {
        let mut body = self.body.try_into_mut().ok()?;
        body.clear();
        let mut builder = BatchBuilder { buffer: body.into(), items: self.items };
        builder.clear();
        Some(builder)
    }

    fn text(&self, range: &Range<usize>) -> &str {
        std::str::from_utf8(&self.body[range.clone()]).unwrap_or_default()
    }
}

/// Makes batches; its buffer is empty again after [`finish`](Self::finish).
#[derive(Debug, Default)]
pub struct BatchBuilder {
    buffer: Vec<u8>,
    items: Vec<BatchItem>,
}

impl BatchBuilder {
    /// A builder with room for this many bytes and records, so that filling it allocates nothing.
    #[must_use]
    pub fn with_capacity(bytes: usize, records: usize) -> Self {
        Self { buffer: Vec::with_capacity(bytes), items: Vec::with_capacity(records) }
    }

    /// Records so far.
    #[must_use]
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Bytes so far.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.buffer.len()
    }

    /// The records so far, in order.
    #[must_use]
    pub fn items(&self) -> &[BatchItem] {
        &self.items
    }

    /// The body so far; the ranges of the items count its bytes.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.buffer
    }

    /// How many bytes and records it can take before it has to grow.
    #[must_use]
    pub fn capacity(&self) -> (usize, usize) {
        (self.buffer.capacity(), self.items.capacity())
    }

    /// Adds a record. `write_index` and `write_source` append to the bytes given; the source must be one JSON object
    /// without a line end. If one of them fails, the batch is as before.
    ///
    /// # Errors
    /// Those of the two functions.
    pub fn push<E>(
        &mut self,
        op: WriteOp,
        id: &str,
        write_index: impl FnOnce(&mut Vec<u8>) -> Result<(), E>,
        write_source: impl FnOnce(&mut Vec<u8>) -> Result<(), E>,
    ) -> Result<(), E> {
        self.push_with(op, |out| append_escaped(id, out), write_index, write_source)
    }

    /// The same with an id that is written as the inside of a JSON string.
    pub(super) fn push_with<E>(
        &mut self,
        op: WriteOp,
        write_id: impl FnOnce(&mut Vec<u8>),
        write_index: impl FnOnce(&mut Vec<u8>) -> Result<(), E>,
        write_source: impl FnOnce(&mut Vec<u8>) -> Result<(), E>,
    ) -> Result<(), E> {
        let before = self.buffer.len();
        let pushed = self.append(op, write_id, write_index, write_source);
        if pushed.is_err() {
            self.buffer.truncate(before);
        }
        pushed.map(|item| self.items.push(item))
    }

    fn append<E>(
        &mut self,
        op: WriteOp,
        write_id: impl FnOnce(&mut Vec<u8>),
        write_index: impl FnOnce(&mut Vec<u8>) -> Result<(), E>,
        write_source: impl FnOnce(&mut Vec<u8>) -> Result<(), E>,
    ) -> Result<BatchItem, E> {
        let out = &mut self.buffer;
        let start = out.len();
        out.extend_from_slice(match op {
            WriteOp::Create => b"{\"create\":{\"_index\":\"".as_slice(),
            WriteOp::Index | WriteOp::IndexIf(_) => b"{\"index\":{\"_index\":\"",
        });
        let index_start = out.len();
        write_index(out)?;
        let index = index_start..out.len();
        out.extend_from_slice(b"\",\"_id\":\"");
        let id_start = out.len();
        write_id(out);
        let id = id_start..out.len();
        out.push(b'"');
        if let WriteOp::IndexIf(version) = op {
            let condition =
                format!(",\"if_seq_no\":{},\"if_primary_term\":{}", version.seq_no, version.primary_term);
            out.extend_from_slice(condition.as_bytes());
        }
        out.extend_from_slice(b"}}");
        let action = start..out.len();
        out.push(b'\n');
        let source_start = out.len();
        write_source(out)?;
        let source = source_start..out.len();
        out.push(b'\n');
        Ok(BatchItem { op, index, id, action, source })
    }

    /// Adds a copy of an item of this batch; its bytes are taken as they are.
    pub fn copy(&mut self, batch: &Batch, item: &BatchItem) {
        let (from, to) = (item.action.start, self.buffer.len());
        self.buffer.extend_from_slice(&batch.body[from..item.source.end]);
        self.buffer.push(b'\n');
        self.items.push(item.moved(from, to));
    }

    /// Adds copies of everything in the other builder, in order.
    pub fn extend(&mut self, other: &Self) {
        let to = self.buffer.len();
        self.buffer.extend_from_slice(&other.buffer);
        self.items.extend(other.items.iter().map(|item| item.moved(0, to)));
    }

    /// Empties the builder and keeps its memory, so that it can be filled again without allocating.
    pub fn clear(&mut self) {
        self.buffer.clear();
        self.items.clear();
    }

    /// The batch, which holds little more memory than it needs; the builder starts anew.
    #[must_use]
    pub fn finish(&mut self) -> Batch {
        let (mut buffer, mut items) = (std::mem::take(&mut self.buffer), std::mem::take(&mut self.items));
        shrink(&mut buffer);
        shrink(&mut items);
        Batch { body: buffer.into(), items }
    }
}

/// Gives back what is left over, unless that is less than an eighth.
fn shrink<T>(list: &mut Vec<T>) {
    if list.capacity() - list.len() > list.len() / 8 {
        list.shrink_to_fit();
    }
}

/// Appends a text, such as an id, as the inside of a JSON string. The ids that djelme makes need no escaping; a given one
/// may.
pub(super) fn append_escaped(text: &str, out: &mut Vec<u8>) {
    let plain = |byte: u8| byte >= 0x20 && byte != b'"' && byte != b'\\';
    if text.bytes().all(plain) {
        out.extend_from_slice(text.as_bytes());
        return;
    }
    let quoted = serde_json::Value::from(text).to_string();
    out.extend_from_slice(&quoted.as_bytes()[1..quoted.len() - 1]);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn builder_with(ids: &[&str]) -> BatchBuilder {
        let mut builder = BatchBuilder::default();
        for id in ids {
            let index = |out: &mut Vec<u8>| {
                out.extend_from_slice(b"a_b_2026.");
                Ok(())
            };
            let source = |out: &mut Vec<u8>| {
                out.extend_from_slice(format!("{{\"n\":\"{}\"}}", id.len()).as_bytes());
                Ok::<(), ()>(())
            };
            builder.push(WriteOp::Create, id, index, source).unwrap();
        }
        builder
    }

    #[test]
    fn every_range_names_its_part() {
        let batch = builder_with(&["one", "with \"quotes\" and \\"]).finish();
        let item = &batch.items()[1];
        assert_eq!(batch.index(item), "a_b_2026.");
        assert_eq!(batch.id(item), "with \"quotes\" and \\");
        assert!(batch.has_id(item, "with \"quotes\" and \\") && !batch.has_id(item, "one"));
        assert!(batch.has_id(&batch.items()[0], "one") && batch.same_index(item, &batch.items()[0]));
        assert_eq!(&batch.source(item)[..], b"{\"n\":\"19\"}");
        let lines: Vec<_> = batch.body().split(|byte| *byte == b'\n').collect();
        assert_eq!(lines.len(), 5);
        assert_eq!(lines[0], b"{\"create\":{\"_index\":\"a_b_2026.\",\"_id\":\"one\"}}");
    }

    #[test]
    fn a_failed_record_leaves_nothing_behind() {
        let mut builder = builder_with(&["kept"]);
        let bytes = builder.bytes();
        let fail = |out: &mut Vec<u8>| {
            out.extend_from_slice(b"{\"half");
            Err("no")
        };
        builder.push(WriteOp::Index, "x", |_| Ok(()), fail).unwrap_err();
        assert_eq!((builder.bytes(), builder.len()), (bytes, 1));
    }

    #[test]
    fn a_selection_is_a_batch_of_its_own() {
        let batch = builder_with(&["a", "bb", "ccc"]).finish();
        let chosen = batch.select([2, 0, 9]);
        let ids: Vec<_> = chosen.items().iter().map(|item| chosen.id(item).into_owned()).collect();
        assert_eq!(ids, ["ccc", "a"]);
        assert_eq!(&chosen.source(&chosen.items()[0])[..], b"{\"n\":\"3\"}");
    }

    #[test]
    fn the_memory_of_a_batch_serves_another_once_nobody_holds_it() {
        let batch = builder_with(&["a", "bb"]).finish();
        let (bytes, held) = (batch.body().len(), batch.source(&batch.items()[0]));
        assert!(batch.clone().into_builder().is_none());
        drop(held);
        let builder = batch.into_builder().unwrap();
        assert_eq!((builder.bytes(), builder.len()), (0, 0));
        assert!(builder.capacity().0 >= bytes && builder.capacity().1 >= 2);
    }

    #[test]
    fn a_batch_holds_little_more_than_it_needs() {
        let mut builder = BatchBuilder::with_capacity(1 << 20, 1_000);
        builder.extend(&builder_with(&["a"]));
        let batch = builder.finish();
        let (bytes, items) = batch.into_builder().unwrap().capacity();
        assert!(bytes < 200 && items < 10, "{bytes} bytes and {items} items");
    }

    #[test]
    fn a_builder_takes_what_another_holds() {
        let (mut builder, mut other) = (builder_with(&["a"]), builder_with(&["bb", "ccc"]));
        builder.extend(&other);
        other.clear();
        assert_eq!((other.len(), other.bytes()), (0, 0));
        let (taken, whole) = (builder.finish(), builder_with(&["a", "bb", "ccc"]).finish());
        assert_eq!((taken.body(), taken.items()), (whole.body(), whole.items()));
        assert_eq!(taken.items().iter().map(BatchItem::bytes).sum::<usize>(), taken.body().len());
    }
}
