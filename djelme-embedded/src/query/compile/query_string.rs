//! `query_string` and `simple_query_string`.

use serde_json::Value;
use tantivy::query::Occur;

use super::compound::Clauses;
use super::field::Target;
use super::range::unknown_zone;
use super::text::{Made, best, is_every_field, is_of_the_value, weighted};
use super::{Compiled, Compiler, all, constant, nothing};
use crate::date::Zone;
use crate::error::Refusal;
use crate::query::ast::{Bound, QueryString, Range, Shape, Text};
use crate::query::pattern::Flags;
use crate::query::syntax::{Clause, Conjunction, Modifier, Node};
use crate::schema::FieldType;

/// One of the two queries at work.
struct Run<'r> {
    compiler: &'r Compiler<'r>,
    query: &'r QueryString,
    lenient: bool,
}

impl Compiler<'_> {
    pub(super) fn query_string(&self, query: &QueryString) -> Result<Compiled, Refusal> {
        if let Some(zone) = &query.time_zone
            && Zone::parse(zone).is_none()
        {
            return Err(unknown_zone(zone));
        }
        let lenient = query.text.lenient.unwrap_or_else(|| is_every_field(&query.fields));
        let run = Run { compiler: self, query, lenient };
        let made = match &query.node {
            Some(node) => run.node(node)?,
            None => Made::NoWords,
        };
        // Here nothing is searched for, so nothing matches.
        let text = Text { minimum: query.text.minimum.clone(), ..Text::default() };
        self.finished(with_all_if_negative(made), &text)
    }
}

impl Run<'_> {
    fn node(&self, node: &Node) -> Result<Made, Refusal> {
        match node {
            Node::Words { field, text } => self.words(field.as_deref(), text),
            Node::Phrase { field, text, slop } => self.phrase(field.as_deref(), text, *slop),
            Node::Prefix { field, start } => {
                self.on_fields(field.as_deref(), |field| self.compiler.prefix_in_text(field, start))
            }
            Node::Wildcard { field, pattern } => self.wildcard(field.as_deref(), pattern),
            Node::Regexp { field, pattern } => self.on_fields(field.as_deref(), |field| {
                self.compiler.regexp_on(field, pattern, Flags::ALL, false)
            }),
            Node::Fuzzy { field, text, fuzziness } => self.on_fields(field.as_deref(), |field| {
                let text = self.compiler.part.schema.fold(field, text);
                let fuzziness = match self.query.text.fuzziness {
                    Some(given) if *fuzziness == crate::query::ast::Fuzziness::DEFAULT => given,
                    _ => *fuzziness,
                };
                self.compiler.fuzzy_on(field, &text, fuzziness, &self.query.text.fuzzy)
            }),
            Node::Range { field, from, until } => {
                let bound = |end: &Option<(String, bool)>| {
                    end.as_ref()
                        .map(|(text, included)| Bound { value: text.as_str().into(), included: *included })
                };
                self.range(field.as_deref(), bound(from).as_ref(), bound(until).as_ref())
            }
            Node::Clauses(clauses) => self.clauses(clauses),
            Node::Boost(node, boost) => {
                let made = with_all_if_negative(self.node(node)?);
                let compiled = match made {
                    Made::NoWords => return Ok(Made::NoWords),
                    made => self.compiler.finished(made, &Text::default())?,
                };
                Ok(Made::One(weighted(compiled, *boost)))
            }
            Node::Joined { all, nodes } => {
                let occur = if *all { Occur::Must } else { Occur::Should };
                let mut clauses = Vec::with_capacity(nodes.len());
                for node in nodes {
                    if let Some(query) = self.single(node)? {
                        clauses.push((occur, query));
                    }
                }
                Ok(if clauses.is_empty() { Made::NoWords } else { Made::Clauses(clauses) })
            }
            Node::All => Ok(Made::One(all())),
            Node::Without(node) => Ok(match self.single(node)? {
                None => Made::NoWords,
                Some(query) => {
                    let clauses = vec![(Occur::Must, constant(all())), (Occur::MustNot, query)];
                    Made::One(Clauses::of(clauses, 0).combine())
                }
            }),
        }
    }

    /// A node as one clause; `None` if it searches for nothing.
    fn single(&self, node: &Node) -> Result<Option<Compiled>, Refusal> {
        Ok(match with_all_if_negative(self.node(node)?) {
            Made::NoWords => None,
            made => Some(self.compiler.finished(made, &Text::default())?),
        })
    }

    /// The fields that are meant, with their weights.
    fn fields(&self, field: Option<&str>) -> Result<Vec<(String, f32)>, Refusal> {
        match field {
            Some(field) => self.compiler.expanded(&[(field.to_owned(), 1.0)]),
            None => self.compiler.expanded(&self.query.fields),
        }
    }

    fn words(&self, field: Option<&str>, text: &str) -> Result<Made, Refusal> {
        if field == Some("_exists_") {
            return self.compiler.exists(text).map(Made::One);
        }
        if let (false, Some(_), Some((operator, rest))) = (self.query.simple, field, comparison(text)) {
            let bound = |included| Bound { value: rest.into(), included };
            return match operator {
                ">=" => self.range(field, Some(&bound(true)), None),
                ">" => self.range(field, Some(&bound(false)), None),
                "<=" => self.range(field, None, Some(&bound(true))),
                _ => self.range(field, None, Some(&bound(false))),
            };
        }
        self.analyzed(field, Shape::Words, text, 0)
    }

    fn phrase(&self, field: Option<&str>, text: &str, slop: Option<u32>) -> Result<Made, Refusal> {
        if field == Some("_exists_") {
            return self.compiler.exists(text).map(Made::One);
        }
        self.analyzed(field, Shape::Phrase, text, slop.unwrap_or(self.query.text.slop))
    }

    fn analyzed(&self, field: Option<&str>, shape: Shape, text: &str, slop: u32) -> Result<Made, Refusal> {
        let options = Text {
            query: Value::from(text),
            analyzer: self.query.text.analyzer.clone(),
            all: self.query.text.all,
            slop,
            ..Text::default()
        };
        let fields = self.fields(field)?;
        let mut made = Vec::with_capacity(fields.len());
        for (name, weight) in fields {
            match self.compiler.made(&name, shape, &options, self.lenient)? {
                Made::NoWords => {}
                found => made.push((found, weight)),
            }
        }
        if made.len() == 1
            && let Some((found, weight)) = made.pop()
        {
            return Ok(match found {
                Made::One(query) => Made::One(weighted(query, weight)),
                Made::Clauses(clauses) => Made::Clauses(
                    clauses.into_iter().map(|(occur, query)| (occur, weighted(query, weight))).collect(),
                ),
                Made::NoWords => Made::NoWords,
            });
        }
        if made.is_empty() {
            return Ok(Made::NoWords);
        }
        let finished = made
            .into_iter()
            .map(|(found, weight)| Ok(weighted(self.compiler.finished(found, &options)?, weight)))
            .collect::<Result<Vec<_>, Refusal>>()?;
        Ok(Made::One(best(finished, self.query.tie_breaker)))
    }

    /// The same query on each of the fields.
    fn on_fields(
        &self,
        field: Option<&str>,
        query: impl Fn(&FieldType) -> Result<Compiled, Refusal>,
    ) -> Result<Made, Refusal> {
        let mut queries = Vec::new();
        for (name, weight) in self.fields(field)? {
            let compiled = match self.compiler.target(&name)? {
                Target::Unmapped => Ok(nothing()),
                Target::Mapped(field) => query(&field),
                Target::Id | Target::Index | Target::SeqNo => Err(Refusal::unsupported(format_args!(
                    "patterns and fuzzy words on [{name}] in a query's text"
                ))),
            };
            queries.push(match compiled {
                Err(refusal) if self.lenient && is_of_the_value(&refusal) => nothing(),
                compiled => weighted(compiled?, weight),
            });
        }
        Ok(Made::One(best(queries, self.query.tie_breaker)))
    }

    fn wildcard(&self, field: Option<&str>, pattern: &str) -> Result<Made, Refusal> {
        if pattern != "*" {
            return self.on_fields(field, |field| self.compiler.wildcard_in_text(field, pattern));
        }
        if field == Some("*") || (field.is_none() && is_every_field(&self.query.fields)) {
            return Ok(Made::One(all()));
        }
        let fields = self.fields(field)?;
        let queries = fields.iter().map(|(name, _)| self.compiler.exists(name)).collect::<Result<_, _>>()?;
        Ok(Made::One(best(queries, 0.0)))
    }

    fn range(
        &self,
        field: Option<&str>,
        from: Option<&Bound>,
        until: Option<&Bound>,
    ) -> Result<Made, Refusal> {
        let mut queries = Vec::new();
        for (name, weight) in self.fields(field)? {
            let range = Range {
                field: name,
                from: from.cloned(),
                until: until.cloned(),
                format: None,
                time_zone: self.query.time_zone.clone(),
            };
            queries.push(match self.compiler.range(&range) {
                Err(refusal) if self.lenient && is_of_the_value(&refusal) => nothing(),
                compiled => weighted(compiled?, weight),
            });
        }
        Ok(Made::One(best(queries, self.query.tie_breaker)))
    }

    /// Clauses as Lucene's classic parser takes them: an operator also changes the clause before it.
    fn clauses(&self, clauses: &[Clause]) -> Result<Made, Refusal> {
        let default = if self.query.text.all { Occur::Must } else { Occur::Should };
        let mut made: Vec<(Occur, Compiled)> = Vec::with_capacity(clauses.len());
        for Clause { conjunction, modifier, node, words } in clauses {
            if *words {
                match self.node(node)? {
                    Made::NoWords => {}
                    Made::One(query) => made.push((default, query)),
                    Made::Clauses(words) => made.extend(words),
                }
                continue;
            }
            let query = self.single(node)?;
            if let Some((occur, _)) = made.last_mut().filter(|(occur, _)| *occur != Occur::MustNot) {
                match conjunction {
                    Conjunction::And => *occur = Occur::Must,
                    Conjunction::Or if self.query.text.all => *occur = Occur::Should,
                    _ => {}
                }
            }
            let Some(query) = query else { continue };
            let required = match (modifier, self.query.text.all) {
                (Modifier::Not, _) => {
                    made.push((Occur::MustNot, query));
                    continue;
                }
                (modifier, false) => *modifier == Modifier::Must || *conjunction == Conjunction::And,
                (_, true) => *conjunction != Conjunction::Or,
            };
            made.push((if required { Occur::Must } else { Occur::Should }, query));
        }
        Ok(match made.len() {
            0 => Made::NoWords,
            1 if matches!(clauses, [Clause { words: true, .. }]) => {
                made.pop().map_or(Made::NoWords, |(_, query)| Made::One(query))
            }
            _ => Made::Clauses(made),
        })
    }
}

/// Clauses that only forbid let everything else through.
fn with_all_if_negative(made: Made) -> Made {
    match made {
        Made::Clauses(mut clauses) if clauses.iter().all(|(occur, _)| *occur == Occur::MustNot) => {
            clauses.push((Occur::Must, all()));
            Made::Clauses(clauses)
        }
        made => made,
    }
}

/// `>=5` as its operator and its value.
fn comparison(text: &str) -> Option<(&str, &str)> {
    let length = if text.len() > 2 && (text.starts_with(">=") || text.starts_with("<=")) {
        2
    } else if text.len() > 1 && text.starts_with(['>', '<']) {
        1
    } else {
        return None;
    };
    Some(text.split_at(length))
}
