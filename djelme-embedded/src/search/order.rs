//! An order bound to a mapping: what its keys are of each document, as numbers that compare fast within one segment.

use std::cmp::Ordering;

use serde_json::Value;
use tantivy::columnar::Column as Values;
use tantivy::{DocId, Score, SegmentReader, f64_to_u64, i64_to_u64, u64_to_f64, u64_to_i64};

use super::numbers::{self, Numbers};
use super::resolve;
use super::sort::{By, FieldSort, Mode, SortKey};
use crate::column::{Column, TextColumn};
use crate::date::{self, DateFormat, Zone};
use crate::error::Refusal;
use crate::schema::{FieldType, Kind, NumberType, SEQ_NO};
use crate::store::Part;

/// What Elasticsearch compares under a key. Keys of different parts compare only if these are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Score,
    Doc,
    Long,
    Int,
    Double,
    Float,
    Text,
}

impl Class {
    /// Shorter whole numbers compare with longer ones.
    fn widest(self) -> Self {
        if self == Self::Int { Self::Long } else { self }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Score => "SCORE",
            Self::Doc => "DOC",
            Self::Long => "LONG",
            Self::Int => "INT",
            Self::Double => "DOUBLE",
            Self::Float => "FLOAT",
            Self::Text => "STRING",
        }
    }
}

/// What one document is under one key, comparable with documents of other segments.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Rank {
    /// A number in the order of the key: the first document has the least.
    Number(u64),
    Text(Box<[u8]>),
    /// No text. Documents without a number have a number that stands for it.
    Missing,
}

#[derive(Debug, Clone, PartialEq)]
enum Missing {
    First,
    Last,
    As(Rank),
}

/// A key of the order, bound to the mapping of a part.
#[derive(Debug, Clone)]
pub(super) struct BoundKey {
    pub(super) class: Class,
    /// `None` for the score and the order of writing.
    field: Option<FieldType>,
    /// Whether the part has the field; otherwise `unmapped_type` said what it would be.
    is_mapped: bool,
    descending: bool,
    missing: Missing,
    mode: Mode,
    /// Writes dates, where the request says how.
    format: Option<DateFormat>,
}

/// Binds an order to the mapping of a part.
pub(super) fn bind(order: &[SortKey], part: &Part) -> Result<Vec<BoundKey>, Refusal> {
    order.iter().map(|key| BoundKey::new(key, part)).collect()
}

/// Refuses keys that do not compare across parts.
pub(super) fn comparable(one: &[BoundKey], other: &[BoundKey]) -> Result<(), Refusal> {
    let apart = |(one, other): &(&BoundKey, &BoundKey)| {
        one.class.widest() != other.class.widest() || one.is_unsigned() != other.is_unsigned()
    };
    match one.iter().zip(other).find(apart) {
        None => Ok(()),
        Some((one, other)) => Err(Refusal::illegal(format!(
            "Can't sort on field [{}]; the field has incompatible sort types: [{}] and [{}] across shards!",
            one.path(),
            one.class.name(),
            other.class.name()
        ))),
    }
}

impl BoundKey {
    fn new(key: &SortKey, part: &Part) -> Result<Self, Refusal> {
        let plain = |class| Self {
            class,
            field: None,
            is_mapped: true,
            descending: key.descending,
            missing: Missing::Last,
            mode: if key.descending { Mode::Max } else { Mode::Min },
            format: None,
        };
        match &key.by {
            By::Score => Ok(plain(Class::Score)),
            By::Doc => Ok(plain(Class::Doc)),
            By::Field(sort) if sort.path == SEQ_NO => Ok(plain(Class::Doc)),
            By::Field(sort) => {
                let (field, is_mapped) = resolve::field(sort, part)?;
                let class = resolve::class(&field, sort)?;
                let mode = sort.mode.unwrap_or(if key.descending { Mode::Max } else { Mode::Min });
                resolve::check_mode(mode, class, &field)?;
                let format = resolve::format(&field, sort)?;
                let mut bound = Self { field: Some(field), is_mapped, mode, format, ..plain(class) };
                bound.missing = bound.missing(sort)?;
                Ok(bound)
            }
        }
    }

    fn missing(&self, sort: &FieldSort) -> Result<Missing, Refusal> {
        let value = match &sort.missing {
            None => return Ok(Missing::Last),
            Some(Value::String(text)) if text == "_last" => return Ok(Missing::Last),
            Some(Value::String(text)) if text == "_first" => return Ok(Missing::First),
            Some(value) => value,
        };
        if self.class == Class::Text {
            return self.term(value).map(Missing::As);
        }
        if self.is_unsigned() {
            return Err(Refusal::unsupported("sort by an unsigned_long with a value for [missing]"));
        }
        let number = match self.class {
            Class::Int => numbers::int(value).map(|number| i64_to_u64(number.into())),
            Class::Double => numbers::double(value).map(f64_to_u64),
            Class::Float => numbers::double(value).map(|number| f64_to_u64(f64::from(number as f32))),
            _ => numbers::long(value, true).map(i64_to_u64),
        };
        let number = number.map_err(|text| {
            Refusal::new(400, "number_format_exception", format!("For input string: \"{text}\""))
        })?;
        Ok(Missing::As(Rank::Number(self.directed(number))))
    }

    /// The name of the field, as Elasticsearch's messages have it.
    fn path(&self) -> &str {
        self.field.as_ref().map_or("null", |field| &field.path)
    }

    fn kind(&self) -> Option<&Kind> {
        self.field.as_ref().map(|field| &field.kind)
    }

    fn is_unsigned(&self) -> bool {
        self.kind() == Some(&Kind::Number(NumberType::UnsignedLong))
    }

    /// A text of a request as the column has it, without the key of a flattened field.
    fn term(&self, value: &Value) -> Result<Rank, Refusal> {
        let text = match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let term = match (&self.field, self.kind()) {
            (Some(field), Some(Kind::Ip | Kind::Version)) => field.encode_term(&text)?,
            _ => text,
        };
        Ok(Rank::Text(term.into_bytes().into()))
    }

    /// Reads a value of `search_after`.
    pub(super) fn after(&self, value: &Value) -> Result<Rank, Refusal> {
        let number = match (self.class, self.kind(), value) {
            (Class::Text, _, Value::Null) => return Ok(Rank::Missing),
            (Class::Text, ..) => return self.term(value),
            (Class::Long, Some(Kind::Boolean), Value::Bool(truth)) => Ok(i64_to_u64((*truth).into())),
            (Class::Long, Some(Kind::Boolean), Value::String(text)) => match text.as_str() {
                "true" => Ok(i64_to_u64(1)),
                "false" => Ok(i64_to_u64(0)),
                _ => {
                    return Err(Refusal::illegal(format!(
                        "Cannot parse boolean [{text}], expected either [true] or [false]"
                    )));
                }
            },
            (Class::Long, Some(Kind::Date), Value::String(text)) => {
                self.date(text).map(i64_to_u64).map(Ok)?
            }
            (Class::Long, Some(Kind::Number(NumberType::UnsignedLong)), _) => numbers::unsigned(value),
            (Class::Int, _, Value::String(_)) => numbers::int(value).map(|number| i64_to_u64(number.into())),
            (Class::Double, ..) => numbers::double(value).map(f64_to_u64),
            (Class::Float | Class::Score, ..) => {
                numbers::double(value).map(|number| f64_to_u64(f64::from(number as f32)))
            }
            _ => numbers::long(value, false).map(i64_to_u64),
        };
        number.map(|number| Rank::Number(self.directed(number))).map_err(|_| {
            Refusal::illegal(format!("Failed to parse search_after value for field [{}].", self.path()))
        })
    }

    fn date(&self, text: &str) -> Result<i64, Refusal> {
        if text.starts_with("now") {
            return Err(Refusal::new(400, "parse_exception", "could not read the current timestamp"));
        }
        if text.contains("||") {
            return Err(Refusal::unsupported("date math in [search_after]"));
        }
        let own = self.field.as_ref().map(|field| &*field.format);
        let format = self.format.as_ref().or(own);
        let read = format.map(|format| format.parse(text, date::Missing::First, Zone::UTC));
        read.transpose()
            .map(Option::unwrap_or_default)
            .map_err(|error| Refusal::new(400, "parse_exception", format!("{error}: [{error}]")))
    }

    fn directed(&self, rank: u64) -> u64 {
        if self.descending { !rank } else { rank }
    }

    /// The rank of documents without a number.
    fn missing_number(&self) -> u64 {
        let least = match &self.missing {
            Missing::As(Rank::Number(rank)) => return *rank,
            Missing::First => !self.descending,
            _ => self.descending,
        };
        self.directed(match (self.class, least) {
            (Class::Double | Class::Float, true) => f64_to_u64(f64::NEG_INFINITY),
            (Class::Double | Class::Float, false) => f64_to_u64(f64::INFINITY),
            (Class::Int, true) => i64_to_u64(i32::MIN.into()),
            (Class::Int, false) => i64_to_u64(i32::MAX.into()),
            (_, true) => u64::MIN,
            (_, false) => u64::MAX,
        })
    }

    /// Compares two documents under this key.
    pub(super) fn compare(&self, one: &Rank, other: &Rank) -> Ordering {
        let missing = if self.missing == Missing::First { Ordering::Less } else { Ordering::Greater };
        match (one, other) {
            (Rank::Number(one), Rank::Number(other)) => one.cmp(other),
            (Rank::Text(one), Rank::Text(other)) if self.descending => other.cmp(one),
            (Rank::Text(one), Rank::Text(other)) => one.cmp(other),
            (Rank::Missing, Rank::Missing) => Ordering::Equal,
            (Rank::Missing, _) => missing,
            (_, Rank::Missing) => missing.reverse(),
            // Keys of one class have ranks of one kind.
            (Rank::Number(_), Rank::Text(_)) => Ordering::Less,
            (Rank::Text(_), Rank::Number(_)) => Ordering::Greater,
        }
    }

    /// The value of a rank, as it stands under `sort` of a hit.
    pub(super) fn to_json(&self, rank: &Rank) -> Value {
        let rank = match (rank, &self.field) {
            (Rank::Missing, _) => return Value::Null,
            (Rank::Text(text), Some(field)) => return field.decode_term(text).into(),
            (Rank::Text(text), None) => return String::from_utf8_lossy(text).into(),
            (Rank::Number(rank), _) => self.directed(*rank),
        };
        if let (Some(format), Class::Long) = (&self.format, self.class) {
            return format.format(u64_to_i64(rank), Zone::UTC).into();
        }
        match self.class {
            Class::Double => numbers::double_json(u64_to_f64(rank)),
            Class::Float | Class::Score => numbers::float_json(u64_to_f64(rank) as f32),
            _ if self.is_unsigned() => rank.into(),
            _ => u64_to_i64(rank).into(),
        }
    }

    /// Opens what the key reads in a segment.
    pub(super) fn open(&self, segment: &SegmentReader) -> Result<Reader, Refusal> {
        let column = match &self.field {
            Some(field) if self.is_mapped => Column::open(segment, field)?,
            _ => None,
        };
        let values = match (self.class, column) {
            (Class::Score, _) => ReaderValues::Score,
            (Class::Doc, _) => ReaderValues::Sequence(sequence(segment)?),
            (Class::Text, Some(Column::Str(column))) => ReaderValues::Text(column),
            (Class::Text, _) => ReaderValues::NoText,
            (class, Some(column)) => {
                let doubles = matches!(class, Class::Double | Class::Float);
                Numbers::new(column, doubles).map_or(ReaderValues::NoNumber, ReaderValues::Numbers)
            }
            (_, None) => ReaderValues::NoNumber,
        };
        let mut reader = Reader { values, descending: self.descending, mode: self.mode, missing: 0 };
        reader.missing = match (&self.missing, self.class) {
            (Missing::As(rank @ Rank::Text(_)), _) => reader.locate(rank)?,
            (Missing::First, Class::Text) => u64::MIN,
            (_, Class::Text) => u64::MAX,
            _ => self.missing_number(),
        };
        Ok(reader)
    }
}

/// A key at work in one segment.
#[derive(Debug)]
pub(super) struct Reader {
    values: ReaderValues,
    descending: bool,
    mode: Mode,
    missing: u64,
}

#[derive(Debug)]
enum ReaderValues {
    Score,
    Sequence(Values<u64>),
    Numbers(Numbers),
    NoNumber,
    Text(TextColumn),
    NoText,
}

impl Reader {
    /// The place of a document under this key within the segment: the first has the least.
    pub(super) fn rank(&self, doc: DocId, score: Score) -> u64 {
        let rank = match &self.values {
            ReaderValues::Score => Some(f64_to_u64(score.into())),
            ReaderValues::Sequence(column) => column.first(doc).map(|number| i64_to_u64(number as i64)),
            ReaderValues::Numbers(numbers) => numbers.rank(doc, self.mode),
            ReaderValues::NoNumber | ReaderValues::NoText => None,
            ReaderValues::Text(column) => {
                let mut ordinals = column.ordinals(doc);
                let ordinal = if self.mode == Mode::Max { ordinals.last() } else { ordinals.next() };
                return ordinal.map_or(self.missing, |ordinal| self.place(2 * ordinal + 1));
            }
        };
        match rank {
            None => self.missing,
            Some(rank) if self.descending => !rank,
            Some(rank) => rank,
        }
    }

    /// Terms of the segment have odd places, so that other texts fit in between. 0 and the greatest number are left
    /// for documents without text.
    fn place(&self, place: u64) -> u64 {
        if self.descending { u64::MAX - 1 - place } else { place + 1 }
    }

    /// The place of what was found elsewhere.
    pub(super) fn locate(&self, rank: &Rank) -> Result<u64, Refusal> {
        Ok(match (rank, &self.values) {
            (Rank::Number(rank), _) => *rank,
            (Rank::Missing, _) => self.missing,
            (Rank::Text(text), ReaderValues::Text(column)) => self.place(match column.find(text)? {
                Ok(ordinal) => 2 * ordinal + 1,
                Err(next) => 2 * next,
            }),
            (Rank::Text(_), _) => self.place(0),
        })
    }

    /// The ordinal behind a place; `None` if the document has no text.
    pub(super) fn ordinal(&self, place: u64) -> Option<u64> {
        if !matches!(self.values, ReaderValues::Text(_)) || place == self.missing {
            return None;
        }
        Some(if self.descending { u64::MAX - 1 - place } else { place - 1 } / 2)
    }

    /// The terms of ordinals, which must ascend.
    pub(super) fn terms(&self, ordinals: &[u64]) -> Result<Vec<Box<[u8]>>, Refusal> {
        let mut terms = Vec::with_capacity(ordinals.len());
        if let ReaderValues::Text(column) = &self.values {
            column.terms(ordinals, |term| terms.push(term.into()))?;
        }
        Ok(terms)
    }

    /// What a place without an ordinal means elsewhere.
    pub(super) fn rank_of_place(&self, key: &BoundKey, place: u64) -> Rank {
        match (&key.missing, key.class) {
            (Missing::As(rank @ Rank::Text(_)), _) => rank.clone(),
            (_, Class::Text) => Rank::Missing,
            _ => Rank::Number(place),
        }
    }
}

/// The column of sequence numbers.
pub(super) fn sequence(segment: &SegmentReader) -> Result<Values<u64>, Refusal> {
    Ok(segment.fast_fields().u64(SEQ_NO)?)
}
