//! `match`, `match_phrase`, `match_phrase_prefix`, `match_bool_prefix` and `multi_match`.

use serde_json::Value;
use tantivy::query::{BooleanQuery, BoostQuery, DisjunctionMaxQuery, Occur};
use tantivy::schema::IndexRecordOption;

use super::compound::{Clauses, counted};
use super::field::{Target, check_searchable};
use super::{Compiled, Compiler, all, nothing, shard_error, value};
use crate::analysis::Tokens;
use crate::error::Refusal;
use crate::query::ast::{MultiMatch, Shape, Text};
use crate::schema::{FieldType, Kind, fits};

/// What became of a text.
pub(super) enum Made {
    /// The analyzer left no words.
    NoWords,
    One(Compiled),
    /// Words of which some or all must match.
    Clauses(Vec<(Occur, Compiled)>),
}

/// The words of a text, those at one position together.
pub(super) struct Words {
    /// Positions and what is there.
    pub(super) places: Vec<(usize, Vec<String>)>,
    /// Whether the last word ends where the text ends.
    ends_text: bool,
}

impl Compiler<'_> {
    /// One of the queries on one field.
    pub(super) fn text(&self, name: &str, shape: Shape, text: &Text) -> Result<Compiled, Refusal> {
        let made = self.made(name, shape, text, text.lenient.unwrap_or(false))?;
        self.finished(made, text)
    }

    /// Puts the clauses together; without words, nothing or everything matches.
    pub(super) fn finished(&self, made: Made, text: &Text) -> Result<Compiled, Refusal> {
        match made {
            Made::NoWords => Ok(if text.zero_terms_all { all() } else { nothing() }),
            Made::One(query) => Ok(query),
            Made::Clauses(clauses) => {
                let optional = clauses.iter().filter(|(occur, _)| *occur == Occur::Should).count();
                let minimum = match &text.minimum {
                    Some(minimum) => minimum.of(optional)?,
                    None => 0,
                };
                Ok(Clauses::of(clauses, minimum).combine())
            }
        }
    }

    /// `lenient`: a value that the field cannot have matches nothing.
    pub(super) fn made(&self, name: &str, shape: Shape, text: &Text, lenient: bool) -> Result<Made, Refusal> {
        match self.made_strictly(name, shape, text) {
            Err(refusal) if lenient && is_of_the_value(&refusal) => Ok(Made::One(nothing())),
            made => made,
        }
    }

    fn made_strictly(&self, name: &str, shape: Shape, text: &Text) -> Result<Made, Refusal> {
        let field = match self.target(name)? {
            Target::Unmapped => return Ok(Made::One(nothing())),
            Target::Mapped(field) => field,
            Target::Id | Target::Index | Target::SeqNo
                if text.fuzziness.is_some() || shape == Shape::PhrasePrefix =>
            {
                return Err(Refusal::unsupported(format_args!("this kind of [match] on [{name}]")));
            }
            Target::Id | Target::Index | Target::SeqNo => {
                let term = crate::query::ast::Term {
                    field: name.to_owned(),
                    value: text.query.clone(),
                    case_insensitive: false,
                };
                return self.term(&term).map(Made::One);
            }
        };
        let is_text = matches!(field.kind, Kind::Text { .. });
        if shape == Shape::PhrasePrefix && !is_text {
            let FieldType { path, es_type, .. } = &field;
            return Err(shard_error(format_args!(
                "Can only use phrase prefix queries on text fields - not on [{path}] which is of type [{es_type}]"
            )));
        }
        check_searchable(&field)?;
        let has_terms =
            matches!(field.kind, Kind::Text { .. } | Kind::Keyword | Kind::Version | Kind::Flattened);
        if !has_terms && text.analyzer.is_none() && text.fuzziness.is_none() {
            return self.term_on(&field, &text.query).map(Made::One);
        }
        let words = self.words(&field, &value::text(&text.query), text.analyzer.as_deref())?;
        self.of_words(&field, shape, &words, text)
    }

    /// The words of a text, by the analyzer named or else by the field's own.
    pub(super) fn words(
        &self,
        field: &FieldType,
        text: &str,
        analyzer: Option<&str>,
    ) -> Result<Words, Refusal> {
        let tokens = match analyzer {
            None => self.part.schema.analyze(field, text),
            Some(name) => {
                let analyzer = self.part.schema.analyzer(name)?.ok_or_else(|| {
                    Refusal::new(400, "query_shard_exception", format!("[match] analyzer [{name}] not found"))
                })?;
                let mut tokens = Tokens::default();
                analyzer.analyze(text, &mut tokens);
                tokens
            }
        };
        let (mut places, mut ends_text) = (Vec::<(usize, Vec<String>)>::new(), false);
        for token in tokens.iter() {
            ends_text = token.offset_to == text.len();
            match places.last_mut() {
                Some((position, words)) if *position == token.position => words.push(token.text.clone()),
                _ => places.push((token.position, vec![token.text.clone()])),
            }
        }
        Ok(Words { places, ends_text })
    }

    fn of_words(&self, field: &FieldType, shape: Shape, words: &Words, text: &Text) -> Result<Made, Refusal> {
        match (shape, words.places.as_slice()) {
            (_, []) => Ok(Made::NoWords),
            (Shape::PhrasePrefix, places) => {
                self.phrase_prefix(field, places, text.slop, text.fuzzy.max_expansions).map(Made::One)
            }
            (Shape::Phrase, [_, _, ..]) => self.phrase(field, &words.places, text.slop).map(Made::One),
            (Shape::Phrase, [(_, alternatives)]) => {
                self.alternatives(field, alternatives, None).map(Made::One)
            }
            (Shape::Words | Shape::BoolPrefix, places) => {
                let occur = if text.all { Occur::Must } else { Occur::Should };
                let last = places.len() - 1;
                let is_prefix = |at: usize| shape == Shape::BoolPrefix && at == last && words.ends_text;
                let mut clauses = Vec::with_capacity(places.len());
                for (at, (_, alternatives)) in places.iter().enumerate() {
                    let query = match alternatives.as_slice() {
                        [word] if is_prefix(at) => self.prefix_of_word(field, word)?,
                        _ => self.alternatives(field, alternatives, Some(text))?,
                    };
                    clauses.push((occur, query));
                }
                Ok(match clauses.len() {
                    1 => clauses.pop().map_or(Made::NoWords, |(_, query)| Made::One(query)),
                    _ => Made::Clauses(clauses),
                })
            }
        }
    }

    fn prefix_of_word(&self, field: &FieldType, word: &str) -> Result<Compiled, Refusal> {
        match field.kind {
            Kind::Text { .. } | Kind::Keyword | Kind::Version | Kind::Flattened => {
                self.prefix_on(field, &field.normalize(word), false)
            }
            _ => self.term_on(field, &Value::from(word)),
        }
    }

    /// Documents with any of the words that are at one position.
    fn alternatives(
        &self,
        field: &FieldType,
        words: &[String],
        text: Option<&Text>,
    ) -> Result<Compiled, Refusal> {
        let mut queries = Vec::with_capacity(words.len());
        for word in words {
            queries.push(match text.and_then(|text| Some((text.fuzziness?, text.fuzzy))) {
                Some((fuzziness, fuzzy)) => self.fuzzy_on(field, word, fuzziness, &fuzzy)?,
                None => match field.kind {
                    Kind::Text { .. } => self.word(field, word, IndexRecordOption::WithFreqs)?,
                    _ => self.term_on(field, &Value::from(word.as_str()))?,
                },
            });
        }
        Ok(match queries.len() {
            1 => queries.pop().unwrap_or_else(nothing),
            _ => Box::new(BooleanQuery::union(queries)),
        })
    }

    pub(super) fn multi_match(&self, multi: &MultiMatch, text: &Text) -> Result<Compiled, Refusal> {
        let fields = self.expanded(&multi.fields)?;
        let lenient = text.lenient.unwrap_or_else(|| is_every_field(&multi.fields));
        let mut queries = Vec::with_capacity(fields.len());
        for (name, weight) in &fields {
            let made = self.made(name, multi.shape, text, lenient)?;
            // A field whose analyzer leaves no words has no say, unless all have none.
            if !matches!(made, Made::NoWords) || fields.len() == 1 || text.zero_terms_all {
                queries.push(weighted(self.finished(made, text)?, *weight));
            }
        }
        let tie_breaker = multi.tie_breaker.unwrap_or(if multi.most { 1.0 } else { 0.0 });
        Ok(best(queries, tie_breaker))
    }

    /// The fields that names mean; none means every field. A name with wildcards means only fields that can be searched
    /// and that some document has.
    pub(super) fn expanded(&self, names: &[(String, f32)]) -> Result<Vec<(String, f32)>, Refusal> {
        let every = [("*".to_owned(), 1.0)];
        let names = if names.is_empty() { &every } else { names };
        let mut fields: Vec<(String, f32)> = Vec::new();
        let mut add = |path: &str, weight: f32| match fields.iter_mut().find(|(name, _)| name == path) {
            // A field that is named twice counts with both weights.
            Some((_, earlier)) => *earlier *= weight,
            None => fields.push((path.to_owned(), weight)),
        };
        for (name, weight) in names {
            if !name.contains('*') {
                add(name, *weight);
                continue;
            }
            for field in self.part.schema.fields().filter(|field| fits(name, &field.path)) {
                if check_searchable(field).is_ok() && self.has_values(field)? {
                    add(&field.path, *weight);
                }
            }
        }
        Ok(fields)
    }

    /// Whether some document of the table has a value.
    fn has_values(&self, field: &FieldType) -> Result<bool, Refusal> {
        let searcher = &self.part.table.searcher;
        let Some(stored) = field.handle(searcher.schema()) else { return Ok(false) };
        for segment in searcher.segment_readers() {
            let has_values = match field.kind {
                Kind::Text { .. } => segment.inverted_index(stored)?.terms().num_terms() > 0,
                _ => !segment.fast_fields().dynamic_column_handles(&field.path)?.is_empty(),
            };
            if has_values {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Whether all fields are searched, so that values that do not fit some of them are no error.
pub(super) fn is_every_field(names: &[(String, f32)]) -> bool {
    names.is_empty() || names.iter().any(|(name, _)| name == "*")
}

/// Scores as the best of several, the others added by this share.
pub(super) fn best(mut queries: Vec<Compiled>, tie_breaker: f32) -> Compiled {
    match queries.len() {
        0 => nothing(),
        1 => queries.pop().unwrap_or_else(nothing),
        _ => {
            let queries = queries.into_iter().map(counted).collect();
            Box::new(DisjunctionMaxQuery::with_tie_breaker(queries, tie_breaker))
        }
    }
}

pub(super) fn weighted(query: Compiled, weight: f32) -> Compiled {
    #[expect(clippy::float_cmp, reason = "exactly the default")]
    let plain = weight == 1.0;
    if plain { query } else { Box::new(BoostQuery::new(query, weight)) }
}

/// Whether a value is at fault, not the query or the store.
pub(super) fn is_of_the_value(refusal: &Refusal) -> bool {
    matches!(refusal.error_type, "query_shard_exception" | "parse_exception" | "number_format_exception")
        || refusal.error_type == "illegal_argument_exception"
}
