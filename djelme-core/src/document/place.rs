//! Where in a document the serializer is, and what it found there.

use std::borrow::Cow;
use std::cell::RefCell;

use serde::Serialize;

use super::encode::RecordProblem;
use super::fields::{DocumentFields, Mapped};

/// One step of a path.
#[derive(Clone, Copy)]
pub(super) enum Segment<'a> {
    /// A field of a struct.
    Name(&'a str),
    /// A key of a map, whose text is made only if somebody asks.
    Key(&'a dyn KeyText),
    /// A key that was written apart from its value.
    UnknownKey,
}

impl Segment<'_> {
    fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Name(name) => Cow::Borrowed(name),
            Self::Key(key) => Cow::Owned(key.text()),
            Self::UnknownKey => Cow::Borrowed("*"),
        }
    }

    /// Whether this is the name of the step.
    pub(super) fn is(&self, name: &str) -> bool {
        self.text() == name
    }
}

/// The text of a map's key.
pub(super) trait KeyText {
    fn text(&self) -> String;
}

impl<K: Serialize + ?Sized> KeyText for &K {
    fn text(&self) -> String {
        match serde_json::to_value(self) {
            Ok(serde_json::Value::String(text)) => text,
            Ok(other) => other.to_string(),
            Err(_) => "*".to_owned(),
        }
    }
}

/// A place in a document: a list along the stack, so that a path costs nothing until it is asked for.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    above: Option<(&'a Place<'a>, Segment<'a>)>,
    watch: &'a Watch<'a>,
}

/// What is found out about one document while it is written.
pub(super) struct Watch<'a> {
    fields: &'a DocumentFields,
    findings: RefCell<Findings>,
}

#[derive(Default)]
struct Findings {
    problem: Option<RecordProblem>,
    unindexed: Vec<String>,
}

impl<'a> Watch<'a> {
    pub(super) fn new(fields: &'a DocumentFields) -> Self {
        Self { fields, findings: RefCell::default() }
    }

    /// The document itself.
    pub(super) fn root(&'a self) -> Place<'a> {
        Place { above: None, watch: self }
    }

    /// The first problem met, and the fields with values too long to be indexed.
    pub(super) fn into_findings(self) -> (Option<RecordProblem>, Vec<String>) {
        let findings = self.findings.into_inner();
        (findings.problem, findings.unindexed)
    }
}

impl<'a> Place<'a> {
    #[inline]
    pub(super) fn below<'b>(&'b self, segment: Segment<'b>) -> Place<'b> {
        Place { above: Some((self, segment)), watch: self.watch }
    }

    /// The fields of the record type.
    pub(super) fn fields(&self) -> &'a DocumentFields {
        self.watch.fields
    }

    pub(super) fn split(&self) -> Option<(&'a Place<'a>, &Segment<'a>)> {
        self.above.as_ref().map(|(above, segment)| (*above, segment))
    }

    /// The path with dots, as Elasticsearch writes it.
    #[cold]
    fn path(&self) -> String {
        let Some((above, segment)) = self.split() else { return String::new() };
        let mut path = above.path();
        if !path.is_empty() {
            path.push('.');
        }
        path.push_str(&segment.text());
        path
    }

    /// Fails the document because of the value here. The first problem stays.
    #[cold]
    pub(super) fn refuse<E: serde::ser::Error>(&self, reason: impl Into<String>) -> E {
        let mut findings = self.watch.findings.borrow_mut();
        if findings.problem.is_none() {
            findings.problem = Some(RecordProblem { field: self.path(), reason: reason.into() });
        }
        E::custom("refused")
    }

    /// Notes that an error came up from the value here, unless it was noted further down.
    #[cold]
    pub(super) fn blame<E: serde::ser::Error>(&self, error: &E) {
        let _: E = self.refuse(error.to_string());
    }

    /// Checks a number that Elasticsearch's signed types cannot hold.
    #[cold]
    pub(super) fn check_large<E: serde::ser::Error>(&self, number: u64) -> Result<(), E> {
        match self.watch.fields.mapped(self) {
            Some(Mapped::Field(mapping)) if is_signed_integer(mapping.es_type) => Err(self.refuse(format!(
                "{number} is more than `{}` can hold (at most {}); map the field as `#[djelme(unsigned_long)]`",
                mapping.es_type,
                i64::MAX
            ))),
            _ => Ok(()),
        }
    }

    /// Notes a string that is too long to be indexed here.
    #[cold]
    fn check_long(&self, text: &str) {
        let fields = self.watch.fields;
        let Some(Mapped::Field(mapping)) = fields.mapped(self) else { return };
        let too_long =
            |limit: Option<usize>| limit.is_some_and(|limit| text.encode_utf16().nth(limit).is_some());
        let note = |sub_field: Option<&str>| {
            let path = sub_field.map_or_else(|| self.path(), |name| format!("{}.{name}", self.path()));
            let unindexed = &mut self.watch.findings.borrow_mut().unindexed;
            if !unindexed.contains(&path) {
                unindexed.push(path);
            }
        };
        if too_long(fields.ignore_above(mapping)) {
            note(None);
        }
        for (name, field) in mapping.fields {
            if too_long(fields.ignore_above(field)) {
                note(Some(name));
            }
        }
    }

    #[inline]
    pub(super) fn check_str(&self, text: &str) {
        if text.len() > self.watch.fields.always_indexed() {
            self.check_long(text);
        }
    }
}

fn is_signed_integer(es_type: &str) -> bool {
    matches!(es_type, "long" | "integer" | "short" | "byte")
}
