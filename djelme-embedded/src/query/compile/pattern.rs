//! `prefix`, `wildcard`, `regexp` and `fuzzy`: terms that are like another.

use std::collections::BTreeSet;
use std::ops::Bound;
use std::sync::Arc;

use tantivy::Term as StoredTerm;
use tantivy::query::{BooleanQuery, DfaWrapper, FuzzyTermQuery, TermQuery, TermSetQuery};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy_fst::Automaton;
use tantivy_fst::automaton::AlwaysMatch;

use super::field::{Target, check_searchable, not_on, text_term};
use super::{Compiled, Compiler, constant, nothing, shard_error, value};
use crate::error::Refusal;
use crate::query::ast::{Fuzziness, Fuzzy, Term};
use crate::query::pattern::{self, Dfa, Flags, PatternQuery};
use crate::schema::{FieldType, Kind, version};

/// The three queries, for errors.
const PREFIX: &str = "prefix";
const WILDCARD: &str = "wildcard";
const REGEXP: &str = "regexp";

impl Compiler<'_> {
    pub(super) fn prefix(&self, term: &Term) -> Result<Compiled, Refusal> {
        let start = value::text(&term.value);
        match self.target(&term.field)? {
            Target::Unmapped => Ok(nothing()),
            Target::Index if term.case_insensitive => {
                let pattern = pattern::prefix_of_any_case(&start)?;
                Ok(self.indexes(|index| pattern.fits(index)))
            }
            Target::Index => Ok(self.indexes(|index| index.starts_with(&start))),
            Target::Id | Target::SeqNo => Err(only_on(PREFIX, &term.field, &term.field)),
            Target::Mapped(field) => {
                check_terms(&field, PREFIX)?;
                let start = field.normalize(&start);
                self.prefix_on(&field, &start, term.case_insensitive)
            }
        }
    }

    /// Documents with a term that begins so; the field has been checked, and the start normalized.
    pub(super) fn prefix_on(
        &self,
        field: &FieldType,
        start: &str,
        case_insensitive: bool,
    ) -> Result<Compiled, Refusal> {
        let whole = format!("{}{start}", field.term_prefix());
        if case_insensitive {
            return self.fitting(field, pattern::prefix_of_any_case(&whole)?);
        }
        if field.kind == Kind::Version {
            return self.versions(field, |version| version.starts_with(start));
        }
        let Some(stored) = self.stored_text(field)? else { return Ok(nothing()) };
        let (from, until) = prefix_bounds(&whole);
        Ok(self.text_interval(
            stored,
            Bound::Included(&whole),
            until.as_deref().map_or(from, Bound::Excluded),
        ))
    }

    pub(super) fn wildcard(&self, term: &Term) -> Result<Compiled, Refusal> {
        let pattern = value::text(&term.value);
        match self.target(&term.field)? {
            Target::Unmapped => Ok(nothing()),
            Target::Index => {
                let pattern = pattern::wildcard(&pattern, term.case_insensitive)?;
                Ok(self.indexes(|index| pattern.fits(index)))
            }
            Target::Id | Target::SeqNo => Err(only_on(WILDCARD, &term.field, &term.field)),
            Target::Mapped(field) => {
                check_terms(&field, WILDCARD)?;
                // To Lucene, the empty pattern fits nothing, not even the empty term.
                if pattern.is_empty() {
                    return Ok(nothing());
                }
                let pattern = change_letters(&pattern, |part| field.normalize(part));
                self.fitting(&field, pattern::wildcard(&pattern, term.case_insensitive)?)
            }
        }
    }

    /// A wildcard of a query's text, whose letters are changed as those of the field's words.
    pub(super) fn wildcard_in_text(&self, field: &FieldType, pattern: &str) -> Result<Compiled, Refusal> {
        check_terms(field, WILDCARD)?;
        let pattern = change_letters(pattern, |part| self.part.schema.fold(field, part));
        self.fitting(field, pattern::wildcard(&pattern, false)?)
    }

    /// A prefix of a query's text.
    pub(super) fn prefix_in_text(&self, field: &FieldType, start: &str) -> Result<Compiled, Refusal> {
        check_terms(field, PREFIX)?;
        self.prefix_on(field, &self.part.schema.fold(field, start), false)
    }

    pub(super) fn regexp(&self, term: &Term, flags: Flags) -> Result<Compiled, Refusal> {
        match self.target(&term.field)? {
            Target::Unmapped => Ok(nothing()),
            Target::Id | Target::Index | Target::SeqNo => Err(only_on(REGEXP, &term.field, &term.field)),
            Target::Mapped(field) => {
                self.regexp_on(&field, &value::text(&term.value), flags, term.case_insensitive)
            }
        }
    }

    pub(super) fn regexp_on(
        &self,
        field: &FieldType,
        pattern: &str,
        flags: Flags,
        case_insensitive: bool,
    ) -> Result<Compiled, Refusal> {
        check_terms(field, REGEXP)?;
        self.fitting(field, pattern::regexp(&field.normalize(pattern), flags, case_insensitive)?)
    }

    /// Documents with a term that fits a pattern.
    pub(super) fn fitting(&self, field: &FieldType, dfa: Dfa) -> Result<Compiled, Refusal> {
        if field.kind == Kind::Version {
            return self.versions(field, |version| dfa.fits(version));
        }
        let Some(stored) = self.stored_text(field)? else { return Ok(nothing()) };
        Ok(constant(Box::new(PatternQuery { field: stored, dfa: Arc::new(dfa) })))
    }

    /// Documents with a version whose text is wanted: terms have another form.
    fn versions(&self, field: &FieldType, wanted: impl Fn(&str) -> bool) -> Result<Compiled, Refusal> {
        let Some(stored) = self.stored_text(field)? else { return Ok(nothing()) };
        let terms = self.terms_that_match(stored, &AlwaysMatch, usize::MAX)?.unwrap_or_default();
        let terms = terms.iter().filter(|term| wanted(&version::decode(term)));
        Ok(constant(Box::new(TermSetQuery::new(terms.map(|term| text_term(stored, term))))))
    }

    /// The terms of the part's table that an automaton accepts; `None` if there are more than `most`.
    pub(super) fn terms_that_match<A>(
        &self,
        field: Field,
        automaton: &A,
        most: usize,
    ) -> Result<Option<BTreeSet<String>>, Refusal>
    where
        A: Automaton,
        A::State: Clone,
    {
        let mut terms = BTreeSet::new();
        for segment in self.part.table.searcher.segment_readers() {
            let index = segment.inverted_index(field)?;
            let mut stream = index.terms().search(automaton).into_stream()?;
            while stream.advance() {
                terms.insert(String::from_utf8_lossy(stream.key()).into_owned());
                if terms.len() > most {
                    return Ok(None);
                }
            }
        }
        Ok(Some(terms))
    }

    pub(super) fn fuzzy(
        &self,
        name: &str,
        text: &str,
        fuzziness: Fuzziness,
        fuzzy: &Fuzzy,
    ) -> Result<Compiled, Refusal> {
        match self.target(name)? {
            Target::Unmapped => Ok(nothing()),
            Target::Id | Target::Index | Target::SeqNo => Err(not_on(name, "fuzzy")),
            Target::Mapped(field) => self.fuzzy_on(&field, &field.normalize(text), fuzziness, fuzzy),
        }
    }

    /// Documents with a term near this one. Elasticsearch takes the nearest terms of each shard, up to
    /// `max_expansions`; as long as there are no more, that is all of them.
    pub(super) fn fuzzy_on(
        &self,
        field: &FieldType,
        text: &str,
        fuzziness: Fuzziness,
        fuzzy: &Fuzzy,
    ) -> Result<Compiled, Refusal> {
        check_searchable(field)?;
        let record = match &field.kind {
            Kind::Text { .. } => IndexRecordOption::WithFreqs,
            Kind::Flattened if field.flattened_key.is_some() => {
                return Err(shard_error(
                    "[fuzzy] queries are not currently supported on keyed [flattened] fields.",
                ));
            }
            Kind::Keyword | Kind::Flattened => IndexRecordOption::Basic,
            Kind::Version => return Err(Refusal::unsupported("fuzzy queries on versions")),
            _ => {
                let FieldType { path, es_type, .. } = field;
                return Err(shard_error(format_args!(
                    "Can only use fuzzy queries on keyword and text fields - not on [{path}] which is of type [{es_type}]"
                )));
            }
        };
        let edits = fuzziness.edits(text);
        if edits == 0 {
            return self.word(field, text, record);
        }
        let Some(stored) = self.stored_text(field)? else { return Ok(nothing()) };
        let automaton = Near::new(stored, text, edits, fuzzy)?;
        let most = fuzzy.max_expansions as usize;
        let terms = self.terms_that_match(stored, &automaton, most)?.ok_or_else(|| {
            let what = format_args!(
                "[fuzzy] on [{}] where more than [max_expansions] ({most}) terms are near",
                field.path
            );
            Refusal::unsupported(what)
        })?;
        let term = |term: &String| -> Compiled { Box::new(TermQuery::new(text_term(stored, term), record)) };
        Ok(match terms.len() {
            0 => nothing(),
            _ => self.scored(field, Box::new(BooleanQuery::union(terms.iter().map(term).collect()))),
        })
    }
}

/// Where terms with this prefix end, if they do; otherwise there is no bound.
pub(super) fn prefix_bounds(prefix: &str) -> (Bound<&'static str>, Option<String>) {
    let mut characters: Vec<char> = prefix.chars().collect();
    while let Some(last) = characters.pop() {
        // The next character, surrogates passed over.
        let next = match last {
            '\u{D7FF}' => Some('\u{E000}'),
            last => char::from_u32(u32::from(last) + 1),
        };
        if let Some(next) = next {
            characters.push(next);
            return (Bound::Unbounded, Some(characters.into_iter().collect()));
        }
    }
    (Bound::Unbounded, None)
}

/// An error unless the field's terms are texts.
fn check_terms(field: &FieldType, query: &str) -> Result<(), Refusal> {
    match field.kind {
        Kind::Keyword | Kind::Text { .. } | Kind::Version | Kind::Flattened => {}
        _ => return Err(only_on(query, &field.path, field.es_type)),
    }
    if query != PREFIX && field.flattened_key.is_some() {
        let reason =
            format_args!("[{query}] queries are not currently supported on keyed [flattened] fields.");
        return Err(shard_error(reason));
    }
    check_searchable(field)
}

fn only_on(query: &str, name: &str, es_type: &str) -> Refusal {
    let kinds = if query == REGEXP { "keyword and text" } else { "keyword, text and wildcard" };
    let reason = format!(
        "Can only use {query} queries on {kinds} fields - not on [{name}] which is of type [{es_type}]"
    );
    Refusal::new(400, "query_shard_exception", reason)
}

/// Changes the parts of a wildcard pattern that stand for themselves; what is escaped stays.
fn change_letters(pattern: &str, change: impl Fn(&str) -> String) -> String {
    let (mut changed, mut part) = (String::with_capacity(pattern.len()), String::new());
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        if !matches!(character, '*' | '?' | '\\') {
            part.push(character);
            continue;
        }
        if !part.is_empty() {
            changed.push_str(&change(&part));
            part.clear();
        }
        changed.push(character);
        if character == '\\' {
            changed.extend(characters.next());
        }
    }
    if !part.is_empty() {
        changed.push_str(&change(&part));
    }
    changed
}

/// Accepts terms that begin as a word does, and then are so many edits from it.
struct Near {
    prefix: Vec<u8>,
    rest: DfaWrapper,
}

/// How much of the prefix is read, or where the rest stands; `None` once it does not fit.
#[derive(Clone)]
enum Reading {
    Prefix(usize),
    Rest(u32),
}

impl Near {
    fn new(field: Field, text: &str, edits: u8, fuzzy: &Fuzzy) -> Result<Self, Refusal> {
        let at = text.char_indices().nth(fuzzy.prefix_length as usize).map_or(text.len(), |(at, _)| at);
        let (prefix, rest) = text.split_at(at);
        let rest = StoredTerm::from_field_text(field, rest);
        let rest = FuzzyTermQuery::new(rest, edits, fuzzy.transpositions).automaton()?;
        Ok(Self { prefix: prefix.as_bytes().to_vec(), rest })
    }
}

impl Automaton for Near {
    type State = Option<Reading>;

    fn start(&self) -> Self::State {
        Some(if self.prefix.is_empty() { Reading::Rest(self.rest.start()) } else { Reading::Prefix(0) })
    }

    fn is_match(&self, state: &Self::State) -> bool {
        matches!(state, Some(Reading::Rest(rest)) if self.rest.is_match(rest))
    }

    fn can_match(&self, state: &Self::State) -> bool {
        match state {
            None => false,
            Some(Reading::Prefix(_)) => true,
            Some(Reading::Rest(rest)) => self.rest.can_match(rest),
        }
    }

    fn accept(&self, state: &Self::State, byte: u8) -> Self::State {
        match state.as_ref()? {
            Reading::Prefix(read) if self.prefix.get(*read) == Some(&byte) => {
                Some(if read + 1 == self.prefix.len() {
                    Reading::Rest(self.rest.start())
                } else {
                    Reading::Prefix(read + 1)
                })
            }
            Reading::Prefix(_) => None,
            Reading::Rest(rest) => Some(Reading::Rest(self.rest.accept(rest, byte))),
        }
    }
}
