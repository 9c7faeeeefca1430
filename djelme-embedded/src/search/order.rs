//! An order bound to a mapping: what its keys are of each document, as numbers that compare fast within one segment.

use std::cmp::Ordering;

use serde_json::Value;
use tantivy::columnar::Column as Values;
use tantivy::{DocId, Score, SegmentReader, f64_to_u64, i64_to_u64, u64_to_f64, u64_to_i64};

use super::numbers::{self, Numbers};
use super::sort::{By, FieldSort, Mode, NumericType, SortKey};
use crate::column::{Column, TextColumn};
use crate::error::Refusal;
use crate::schema::{FieldType, INDEX, Kind, NumberType, SEQ_NO};
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
    path: String,
    /// `None` for a field that is not mapped in the part.
    field: Option<FieldType>,
    descending: bool,
    missing: Missing,
    mode: Mode,
    /// How the values of text are written, and numbers of special types.
    kind: Option<Kind>,
}

/// Binds an order to the mapping of a part.
pub(super) fn bind(order: &[SortKey], part: &Part) -> Result<Vec<BoundKey>, Refusal> {
    order.iter().map(|key| BoundKey::new(key, part)).collect()
}

/// Refuses keys that do not compare across parts.
pub(super) fn comparable(one: &[BoundKey], other: &[BoundKey]) -> Result<(), Refusal> {
    match one.iter().zip(other).find(|(one, other)| one.class != other.class) {
        None => Ok(()),
        Some((one, other)) => Err(Refusal::illegal(format!(
            "Can't sort on field [{}]; the field has incompatible sort types: [{}] and [{}] across shards!",
            one.path,
            one.class.name(),
            other.class.name()
        ))),
    }
}

impl BoundKey {
    fn new(key: &SortKey, part: &Part) -> Result<Self, Refusal> {
        let plain = |class, path: &str| Self {
            class,
            path: path.to_owned(),
            field: None,
            descending: key.descending,
            missing: Missing::Last,
            mode: if key.descending { Mode::Max } else { Mode::Min },
            kind: None,
        };
        match &key.by {
            By::Score => Ok(plain(Class::Score, "_score")),
            By::Doc => Ok(plain(Class::Doc, "_doc")),
            By::Field(sort) if sort.path == SEQ_NO => Ok(plain(Class::Doc, SEQ_NO)),
            By::Field(sort) => {
                let field = resolve(sort, part)?;
                let kind = match &field {
                    Some(field) => field.kind.clone(),
                    None => unmapped_kind(sort, part)?,
                };
                let class = class(&kind, sort)?;
                let mode = sort.mode.unwrap_or(if key.descending { Mode::Max } else { Mode::Min });
                check(sort, class, mode, &kind)?;
                let kind = Some(kind);
                let mut bound = Self { field, mode, kind, ..plain(class, &sort.path) };
                bound.missing = bound.missing(sort)?;
                Ok(bound)
            }
        }
    }

    fn missing(&self, sort: &FieldSort) -> Result<Missing, Refusal> {
        Ok(match &sort.missing {
            None => Missing::Last,
            Some(Value::String(text)) if text == "_last" => Missing::Last,
            Some(Value::String(text)) if text == "_first" => Missing::First,
            Some(value) => Missing::As(match self.class {
                Class::Text => Rank::Text(written(value).into_bytes().into()),
                Class::Score | Class::Doc => return Ok(Missing::Last),
                _ if self.unsigned() => {
                    return Err(Refusal::unsupported("sort by an unsigned_long with a value for [missing]"));
                }
                _ => Rank::Number(self.number(value).map_err(|text| {
                    Refusal::new(400, "number_format_exception", format!("For input string: \"{text}\""))
                })?),
            }),
        })
    }

    fn unsigned(&self) -> bool {
        self.kind == Some(Kind::Number(NumberType::UnsignedLong))
    }

    /// The number as a rank, or the text that is none.
    fn number(&self, value: &Value) -> Result<u64, String> {
        let rank = match self.class {
            Class::Double => f64_to_u64(numbers::double(value)?),
            Class::Float | Class::Score => f64_to_u64(f64::from(numbers::double(value)? as f32)),
            Class::Int => i64_to_u64(numbers::long(value)?.clamp(i32::MIN.into(), i32::MAX.into())),
            _ if self.unsigned() => numbers::unsigned(value)?,
            _ => i64_to_u64(numbers::long(value)?),
        };
        Ok(self.directed(rank))
    }

    /// Reads a value of `search_after`.
    pub(super) fn after(&self, value: &Value) -> Result<Rank, Refusal> {
        let failed =
            || Refusal::illegal(format!("Failed to parse search_after value for field [{}].", self.path));
        if self.class == Class::Text {
            return Ok(match value {
                Value::Null => Rank::Missing,
                value => Rank::Text(written(value).into_bytes().into()),
            });
        }
        let value = match (value, &self.kind) {
            (Value::Null, _) => return Err(failed()),
            (Value::Bool(truth), Some(Kind::Boolean)) => i64::from(*truth).into(),
            (Value::String(text), Some(Kind::Boolean)) if text == "true" || text == "false" => {
                i64::from(text == "true").into()
            }
            (value, _) => value.clone(),
        };
        self.number(&value).map(Rank::Number).map_err(|_| failed())
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
        let rank = match rank {
            Rank::Missing => return Value::Null,
            Rank::Text(text) => return String::from_utf8_lossy(text).into(),
            Rank::Number(rank) => self.directed(*rank),
        };
        match self.class {
            Class::Double => numbers::double_json(u64_to_f64(rank)),
            Class::Float | Class::Score => numbers::float_json(u64_to_f64(rank) as f32),
            _ if self.unsigned() => rank.into(),
            _ => u64_to_i64(rank).into(),
        }
    }

    /// Opens what the key reads in a segment.
    pub(super) fn open(&self, segment: &SegmentReader) -> Result<Reader, Refusal> {
        let column = match &self.field {
            Some(field) => Column::open(segment, field)?,
            None => None,
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

fn resolve(sort: &FieldSort, part: &Part) -> Result<Option<FieldType>, Refusal> {
    match sort.path.as_str() {
        INDEX => Ok(part.schema.field(INDEX)),
        "_id" => Err(Refusal::illegal(
            "Fielddata access on the _id field is disallowed, you can re-enable it by updating the dynamic cluster setting: indices.id_field_data.enabled",
        )),
        path @ ("_version" | "_shard_doc") => Err(Refusal::unsupported(format_args!("sort by [{path}]"))),
        path @ ("_source" | "_routing" | "_field_names") => {
            Err(Refusal::illegal(format!("Fielddata is not supported on field [{path}] of type [{path}]")))
        }
        path => Ok(part.schema.field(path)),
    }
}

/// The kind that `unmapped_type` names.
fn unmapped_kind(sort: &FieldSort, part: &Part) -> Result<Kind, Refusal> {
    let Some(es_type) = &sort.unmapped_type else {
        let reason = format!("No mapping found for [{}] in order to sort on", sort.path);
        return Err(Refusal::new(400, "query_shard_exception", reason));
    };
    Ok(match es_type.as_str() {
        "keyword" | "wildcard" | "constant_keyword" => Kind::Keyword,
        "ip" => Kind::Ip,
        "version" => Kind::Version,
        "flattened" => Kind::Flattened,
        "boolean" => Kind::Boolean,
        "date" | "date_nanos" => Kind::Date,
        "byte" => Kind::Number(NumberType::Byte),
        "short" => Kind::Number(NumberType::Short),
        "integer" => Kind::Number(NumberType::Integer),
        "long" => Kind::Number(NumberType::Long),
        "unsigned_long" => Kind::Number(NumberType::UnsignedLong),
        "half_float" => Kind::Number(NumberType::HalfFloat),
        "float" => Kind::Number(NumberType::Float),
        "double" | "scaled_float" => Kind::Number(NumberType::Double),
        "text" | "match_only_text" => return Err(no_fielddata("__anonymous_", part)),
        "object" | "nested" => {
            return Err(Refusal::illegal(format!("Mapper for type [{es_type}] must be a leaf field")));
        }
        _ => return Err(Refusal::illegal(format!("No mapper found for type [{es_type}]"))),
    })
}

fn no_fielddata(field: &str, part: &Part) -> Refusal {
    let index = part.indexes.first().map_or("", String::as_str);
    Refusal::illegal(format!(
        "Fielddata is disabled on [{field}] in [{index}]. Text fields are not optimised for operations that require per-document field data like aggregations and sorting, so these operations are disabled by default. Please use a keyword field instead. Alternatively, set fielddata=true on [{field}] in order to load field data by uninverting the inverted index. Note that this can use significant memory."
    ))
}

/// What Elasticsearch compares of a field of this kind.
fn class(kind: &Kind, sort: &FieldSort) -> Result<Class, Refusal> {
    let natural = match kind {
        Kind::Text { .. } | Kind::Keyword | Kind::Ip | Kind::Version | Kind::Flattened | Kind::Binary => {
            Class::Text
        }
        Kind::Boolean | Kind::Date | Kind::Number(NumberType::Long | NumberType::UnsignedLong) => Class::Long,
        Kind::Number(NumberType::Byte | NumberType::Short | NumberType::Integer) => Class::Int,
        Kind::Number(NumberType::HalfFloat | NumberType::Float) => Class::Float,
        Kind::Number(NumberType::Double | NumberType::ScaledFloat { .. }) => Class::Double,
    };
    match sort.numeric_type {
        None => Ok(natural),
        Some(_) if natural == Class::Text => {
            let reason = "[numeric_type] option cannot be set on a non-numeric field".to_owned();
            Err(Refusal::new(400, "query_shard_exception", reason))
        }
        Some(_) if *kind == Kind::Number(NumberType::UnsignedLong) => {
            Err(Refusal::unsupported("[numeric_type] of an unsigned_long"))
        }
        Some(NumericType::Double) => Ok(Class::Double),
        Some(NumericType::Long | NumericType::Date) => Ok(Class::Long),
    }
}

fn check(sort: &FieldSort, class: Class, mode: Mode, kind: &Kind) -> Result<(), Refusal> {
    let computed = matches!(mode, Mode::Sum | Mode::Avg | Mode::Median);
    if computed && class == Class::Text {
        let reason = "we only support AVG, MEDIAN and SUM on number based fields";
        return Err(Refusal::new(400, "query_shard_exception", reason));
    }
    if computed && *kind == Kind::Number(NumberType::UnsignedLong) {
        return Err(Refusal::unsupported("[mode] sum, avg or median of an unsigned_long"));
    }
    if sort.format.is_some() {
        return Err(Refusal::unsupported("sort with [format]"));
    }
    Ok(())
}

/// A value as text, as Elasticsearch reads any value where it wants text.
fn written(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
