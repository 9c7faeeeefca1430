//! The documents, indexes and templates behind the scripted backend and the scripted server.

mod contents;
mod index;
mod mapping;
pub(crate) mod search;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use djelme_core::template::Template;

pub(crate) use contents::{Contents, no_such_index};
pub(crate) use index::Document;

/// A store of documents in memory: for a look at what was stored, and for changes behind the program's back.
///
/// It follows Elasticsearch where djelme depends on it: `create` refuses a taken id, `index` replaces, a condition on
/// the version is checked, an index is created from the template that fits, a strict mapping refuses unknown fields and
/// values that do not fit. It differs in that each write is visible to searches at once. Clones share the contents.
#[derive(Debug, Clone, Default)]
pub struct Store(Arc<Mutex<Contents>>);

/// A look at what is there.
impl Store {
    /// The JSON of a document.
    #[must_use]
    pub fn document(&self, index: &str, id: &str) -> Option<Bytes> {
        let contents = self.contents();
        contents.indexes.get(index)?.documents.get(id).map(|document| document.source.clone())
    }

    /// The index and id of each document.
    #[must_use]
    pub fn ids(&self) -> BTreeSet<(String, String)> {
        let contents = self.contents();
        let of = |index: &index::Index| {
            let ids: Vec<_> = index.documents.keys().map(|id| (index.name.clone(), id.clone())).collect();
            ids
        };
        contents.indexes.values().flat_map(of).collect()
    }

    /// How many documents there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.contents().indexes.values().map(|index| index.documents.len()).sum()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How often a document was stored, by `create` and `index` together. More than once for an event means that one
    /// write was carried out twice, which `create` would refuse.
    #[must_use]
    pub fn writes(&self, index: &str, id: &str) -> u64 {
        let contents = self.contents();
        contents.indexes.get(index).and_then(|index| index.writes.get(id)).copied().unwrap_or_default()
    }

    /// The names of the indexes.
    #[must_use]
    pub fn indexes(&self) -> Vec<String> {
        self.contents().indexes.keys().cloned().collect()
    }

    /// The indexes that no template was there for when they were created, which Elasticsearch therefore maps by itself.
    #[must_use]
    pub fn indexes_without_template(&self) -> Vec<String> {
        let contents = self.contents();
        contents.indexes.values().filter(|index| !index.templated).map(|index| index.name.clone()).collect()
    }

    /// A template by its name.
    #[must_use]
    pub fn template(&self, name: &str) -> Option<Template> {
        self.contents().templates.get(name).cloned()
    }

    /// The names of the templates.
    #[must_use]
    pub fn templates(&self) -> Vec<String> {
        self.contents().templates.keys().cloned().collect()
    }
}

/// Changes behind the program's back.
impl Store {
    /// Stores a template.
    pub fn put_template(&self, template: Template) {
        self.contents().templates.insert(template.name.clone(), template);
    }

    /// Deletes a template. Returns whether it was there.
    pub fn delete_template(&self, name: &str) -> bool {
        self.contents().templates.remove(name).is_some()
    }

    /// Deletes all templates.
    pub fn delete_templates(&self) {
        self.contents().templates.clear();
    }

    /// Storing a template of this name fails from now on (500).
    pub fn refuse_template(&self, name: impl Into<String>) {
        self.contents().refused_templates.insert(name.into());
    }

    /// Ends what [`refuse_template`](Self::refuse_template) began, for all names.
    pub fn accept_templates(&self) {
        self.contents().refused_templates.clear();
    }

    /// The field types that this server does not know.
    pub fn lack_field_types<S: Into<String>>(&self, types: impl IntoIterator<Item = S>) {
        self.contents().lacking_types = types.into_iter().map(Into::into).collect();
    }

    /// Closes an index, which is created first if there is none.
    pub fn close_index(&self, index: &str) {
        self.contents().index_or_new(index).closed = true;
    }

    /// Opens an index again.
    pub fn open_index(&self, index: &str) {
        self.contents().index_or_new(index).closed = false;
    }

    /// Blocks an index for writes (`index.blocks.write`); it is created first if there is none.
    pub fn block_writes(&self, index: &str) {
        self.contents().index_or_new(index).write_blocked = true;
    }

    /// Takes the block away.
    pub fn allow_writes(&self, index: &str) {
        self.contents().index_or_new(index).write_blocked = false;
    }

    /// Deletes an index with its documents. Returns whether it was there.
    pub fn delete_index(&self, index: &str) -> bool {
        self.contents().indexes.remove(index).is_some()
    }

    /// No more indexes than this are created, as under the limit of shards of a cluster; `None` ends that.
    pub fn limit_indexes(&self, most: Option<usize>) {
        self.contents().most_indexes = most;
    }
}

impl Store {
    pub(crate) fn contents(&self) -> MutexGuard<'_, Contents> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a name fits a pattern in which each `*` stands for anything.
pub(crate) fn matches(pattern: &str, name: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == name };
    let Some(name) = name.strip_prefix(start) else { return false };
    name.char_indices().map(|(at, _)| at).chain([name.len()]).any(|at| matches(rest, &name[at..]))
}
