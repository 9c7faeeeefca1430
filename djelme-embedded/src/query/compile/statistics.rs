//! Scores as Elasticsearch computes them: only documents that have the field count.

use tantivy::columnar::ColumnIndex;
use tantivy::columnar::column_index::MultiValueIndex;
use tantivy::query::{Bm25StatisticsProvider, EnableScoring, Query, Weight};
use tantivy::schema::Field;
use tantivy::{Searcher, Term};

use super::{Compiled, Compiler};
use crate::schema::{FIELD_NAMES, FieldType, Kind};

/// Where the documents that have a field are counted.
#[derive(Debug, Clone)]
enum Count {
    /// Of a `text` field: by its name.
    Name(Option<Term>),
    /// By its column.
    Column(String),
}

/// A query on the terms of one field.
#[derive(Debug)]
struct Scored {
    query: Compiled,
    count: Count,
}

impl Compiler<'_> {
    /// A query of terms, scored as in Elasticsearch.
    pub(super) fn scored(&self, field: &FieldType, query: Compiled) -> Compiled {
        let count = match field.kind {
            Kind::Text { .. } => {
                let names = self.part.table.searcher.schema().get_field(FIELD_NAMES);
                Count::Name(names.ok().map(|names| Term::from_field_text(names, &field.path)))
            }
            _ => Count::Column(field.column_name()),
        };
        Box::new(Scored { query, count })
    }
}

impl Clone for Scored {
    fn clone(&self) -> Self {
        Self { query: self.query.box_clone(), count: self.count.clone() }
    }
}

impl Query for Scored {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let EnableScoring::Enabled { searcher, .. } = scoring else { return self.query.weight(scoring) };
        let documents = match &self.count {
            Count::Name(None) => 0,
            Count::Name(Some(name)) => searcher.doc_freq(name)?,
            Count::Column(path) => documents_with(searcher, path)?,
        };
        let statistics = Statistics { searcher, documents };
        self.query.weight(EnableScoring::enabled_from_statistics_provider(&statistics, searcher))
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term, bool)) {
        self.query.query_terms(visitor);
    }
}

/// How many documents have a value in this column of terms.
fn documents_with(searcher: &Searcher, path: &str) -> tantivy::Result<u64> {
    let mut documents = 0;
    for segment in searcher.segment_readers() {
        let Some(column) = segment.fast_fields().str(path)? else { continue };
        documents += u64::from(match &column.ords().index {
            ColumnIndex::Empty { .. } => 0,
            ColumnIndex::Full => segment.max_doc(),
            ColumnIndex::Optional(index) => index.num_non_nulls(),
            ColumnIndex::Multivalued(MultiValueIndex::MultiValueIndexV2(index)) => {
                index.optional_index.num_non_nulls()
            }
            ColumnIndex::Multivalued(MultiValueIndex::MultiValueIndexV1(_)) => segment.max_doc(),
        });
    }
    Ok(documents)
}

struct Statistics<'s> {
    searcher: &'s Searcher,
    documents: u64,
}

impl Bm25StatisticsProvider for Statistics<'_> {
    fn total_num_tokens(&self, field: Field) -> tantivy::Result<u64> {
        self.searcher.total_num_tokens(field)
    }

    fn total_num_docs(&self) -> tantivy::Result<u64> {
        // At least one, which is divided by.
        Ok(self.documents.max(1))
    }

    /// Never more than there are documents: tantivy takes that for granted.
    fn doc_freq(&self, term: &Term) -> tantivy::Result<u64> {
        Ok(self.searcher.doc_freq(term)?.min(self.documents))
    }
}
