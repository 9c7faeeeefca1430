//! What was asked, as rules and the journal see it.

use std::fmt;

use djelme_core::document::{Batch, WriteOp};

/// What a request asks for: the abilities of a [`Backend`](djelme_core::backend::Backend).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Call {
    /// The product and version.
    Server,
    /// Trying a template without storing it, which is also how field types are asked for.
    SimulateTemplate,
    /// Writing a batch.
    Bulk,
    /// One search.
    Search,
    /// Several searches.
    MultiSearch,
    /// Counting documents.
    Count,
    /// A document by its id.
    Get,
    /// Deleting a document.
    Delete,
    /// Reading a template.
    Template,
    /// Storing a template.
    PutTemplate,
    /// Deleting a template.
    DeleteTemplate,
    /// Listing indexes.
    Indexes,
    /// Reading mappings.
    Mappings,
    /// Adding fields to a mapping.
    PutMapping,
    /// Deleting an index.
    DeleteIndex,
    /// Making writes visible.
    Refresh,
    /// Anything else that a program may ask a server.
    Other,
}

impl Call {
    /// Whether a request of this kind may be sent to another node when the connection breaks: it changes nothing, or
    /// twice does no harm.
    pub(crate) fn is_repeatable(self) -> bool {
        !matches!(
            self,
            Self::Bulk
                | Self::Delete
                | Self::PutTemplate
                | Self::DeleteTemplate
                | Self::PutMapping
                | Self::DeleteIndex
                | Self::Other
        )
    }
}

/// One request, as the conditions of a rule see it.
#[derive(Debug)]
#[non_exhaustive]
pub struct Request<'a> {
    /// What it asks for.
    pub call: Call,
    /// Counts the requests of this kind from 1.
    pub number: u64,
    /// The index, the pattern or the template that it names; empty for a batch.
    pub subject: &'a str,
    /// Bytes of its body.
    pub bytes: usize,
    /// The documents that it names: those of a batch, or the one to get or delete.
    pub items: Vec<Item<'a>>,
}

/// One document within a request.
#[derive(Clone)]
#[non_exhaustive]
pub struct Item<'a> {
    /// Its place in the request, from 0.
    pub position: usize,
    /// What is to be done with it.
    pub op: ItemOp,
    /// Its index.
    pub index: String,
    /// Its id.
    pub id: String,
    /// Its JSON; empty where the request has none.
    pub source: &'a [u8],
}

/// What a request wants done with a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ItemOp {
    /// One of the writes of a batch.
    Write(WriteOp),
    /// Delete it.
    Delete,
    /// Read it.
    Get,
}

impl Item<'_> {
    /// Whether its JSON holds this text, such as `"page":"/13"`.
    #[must_use]
    pub fn source_contains(&self, text: &str) -> bool {
        String::from_utf8_lossy(self.source).contains(text)
    }
}

impl fmt::Debug for Item<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {}/{}", self.op, self.index, self.id)
    }
}

/// The items of a batch.
pub(crate) fn items_of(batch: &Batch) -> Vec<Item<'_>> {
    let items = batch.items().iter().enumerate();
    items
        .map(|(position, item)| Item {
            position,
            op: ItemOp::Write(item.op),
            index: batch.index(item).to_owned(),
            id: batch.id(item).into_owned(),
            source: &batch.body()[item.source.clone()],
        })
        .collect()
}
