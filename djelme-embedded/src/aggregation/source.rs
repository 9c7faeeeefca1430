//! Fields as aggregations read them: which columns they have in the parts of a search, and what the values mean.

use std::sync::Arc;

use tantivy::SegmentReader;
use tantivy::columnar::Column as Values;

use super::block::{Block, Loaded};
use crate::column::Column;
use crate::date::DateFormat;
use crate::error::Refusal;
use crate::schema::{FieldType, Kind, NumberType};
use crate::store::Part;

/// The segment that documents come from, and the part that it belongs to.
#[derive(Clone, Copy)]
pub(super) struct Segment<'a> {
    pub(super) part: &'a Part,
    pub(super) reader: &'a SegmentReader,
}

/// What values are, as far as aggregations tell them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ValueKind {
    Keyword,
    Ip,
    Version,
    Whole,
    Unsigned,
    Float,
    Boolean,
    Date,
}

impl ValueKind {
    /// `None` for `text`.
    pub(super) fn of(kind: &Kind) -> Option<Self> {
        Some(match kind {
            Kind::Text { .. } | Kind::Binary => return None,
            Kind::Keyword | Kind::Flattened => Self::Keyword,
            Kind::Ip => Self::Ip,
            Kind::Version => Self::Version,
            Kind::Boolean => Self::Boolean,
            Kind::Date => Self::Date,
            Kind::Number(NumberType::UnsignedLong) => Self::Unsigned,
            Kind::Number(
                NumberType::HalfFloat
                | NumberType::Float
                | NumberType::Double
                | NumberType::ScaledFloat { .. },
            ) => Self::Float,
            Kind::Number(_) => Self::Whole,
        })
    }

    /// Whether the column holds terms.
    pub(super) fn is_text(self) -> bool {
        matches!(self, Self::Keyword | Self::Ip | Self::Version)
    }

    pub(super) fn is_number(self) -> bool {
        !self.is_text()
    }
}

/// A field of a part.
pub(super) fn field_of(part: &Part, path: &str) -> Result<Option<FieldType>, Refusal> {
    if path == "_id" {
        return Err(Refusal::illegal(
            "Fielddata access on the _id field is disallowed, you can re-enable it by updating the dynamic cluster \
             setting: indices.id_field_data.enabled",
        ));
    }
    Ok(part.schema.field(path))
}

/// A field, as all parts of a search together have it.
#[derive(Debug, Clone)]
pub(super) struct Source {
    path: String,
    /// `None` if no part maps it.
    pub(super) kind: Option<ValueKind>,
    /// The field in the first part that maps it.
    pub(super) field: Option<FieldType>,
}

impl Source {
    /// Finds a field in all parts; `aggregation` takes values of some kinds only.
    pub(super) fn resolve(
        parts: &[Part],
        path: &str,
        aggregation: &str,
        takes: impl Fn(ValueKind) -> bool,
    ) -> Result<Self, Refusal> {
        let mut source = Self { path: path.to_owned(), kind: None, field: None };
        for part in parts {
            let Some(field) = field_of(part, path)? else { continue };
            let Some(kind) = ValueKind::of(&field.kind) else { return Err(no_fielddata(path, part)) };
            if !field.doc_values {
                return Err(Refusal::illegal(format!(
                    "Can't load fielddata on [{path}] because fielddata is unsupported on fields of type [{}]. Use \
                     doc values instead.",
                    field.es_type
                )));
            }
            if !takes(kind) {
                let named = field.es_type;
                return Err(Refusal::illegal(format!(
                    "Field [{path}] of type [{named}] is not supported for aggregation [{aggregation}]"
                )));
            }
            source.kind = Some(match source.kind {
                None => kind,
                Some(other) if other == kind => kind,
                Some(ValueKind::Whole | ValueKind::Float)
                    if matches!(kind, ValueKind::Whole | ValueKind::Float) =>
                {
                    ValueKind::Float
                }
                Some(_) => return Err(conflict(path, source.field.as_ref(), &field)),
            });
            source.field.get_or_insert(field);
        }
        Ok(source)
    }

    /// The column in a segment; `None` if nothing there has a value.
    pub(super) fn open(&self, segment: &Segment<'_>) -> Result<Option<Column>, Refusal> {
        self.open_in(segment.part, segment.reader)
    }

    fn open_in(&self, part: &Part, reader: &SegmentReader) -> Result<Option<Column>, Refusal> {
        match field_of(part, &self.path)? {
            Some(field) => Column::open(reader, &field),
            None => Ok(None),
        }
    }

    /// How many values there are, or documents where those are more.
    fn count(&self, parts: &[Part]) -> Result<u64, Refusal> {
        let mut count = 0;
        for part in parts {
            for reader in part.table.searcher.segment_readers() {
                if let Some(Column::I64(column)) = self.open_in(part, reader)? {
                    count += u64::from(column.values.num_vals().max(reader.max_doc()));
                }
            }
        }
        Ok(count)
    }

    /// Bounds of all whole numbers that the parts have, of documents that do not match too.
    pub(super) fn extent(&self, parts: &[Part]) -> Result<Option<(i64, i64)>, Refusal> {
        let mut extent: Option<(i64, i64)> = None;
        for part in parts {
            for reader in part.table.searcher.segment_readers() {
                let Some(Column::I64(column)) = self.open_in(part, reader)? else { continue };
                if column.values.num_vals() > 0 {
                    let (least, most) = extent.unwrap_or((i64::MAX, i64::MIN));
                    extent = Some((least.min(column.min_value()), most.max(column.max_value())));
                }
            }
        }
        Ok(extent)
    }
}

fn no_fielddata(path: &str, part: &Part) -> Refusal {
    let index = part.indexes.first().map_or("", String::as_str);
    Refusal::illegal(format!(
        "Fielddata is disabled on [{path}] in [{index}]. Text fields are not optimised for operations that require \
         per-document field data like aggregations and sorting, so these operations are disabled by default. Please \
         use a keyword field instead."
    ))
}

fn conflict(path: &str, one: Option<&FieldType>, other: &FieldType) -> Refusal {
    let one = one.map_or("", |field| field.es_type);
    Refusal::illegal(format!(
        "the field [{path}] has the type [{one}] in some indexes and [{}] in others",
        other.es_type
    ))
}

/// The numbers of a field as floating-point numbers, which is what metrics compute with.
#[derive(Debug)]
pub(super) struct Numbers {
    source: Source,
    missing: Option<f64>,
    column: Option<NumberColumn>,
    /// Whether the sum of all values there are is a whole number that floating-point numbers hold.
    exact: bool,
    whole: Loaded<i64>,
    unsigned: Loaded<u64>,
    values: Loaded<f64>,
}

#[derive(Debug)]
enum NumberColumn {
    Whole(Values<i64>),
    Unsigned(Values<u64>),
    Float(Values<f64>),
}

impl Numbers {
    pub(super) fn new(source: Source, missing: Option<f64>) -> Self {
        Self {
            source,
            missing,
            column: None,
            exact: false,
            whole: Loaded::default(),
            unsigned: Loaded::default(),
            values: Loaded::default(),
        }
    }

    /// Looks whether sums can be made without rounding.
    pub(super) fn with_extent(mut self, parts: &[Part]) -> Result<Self, Refusal> {
        const HELD: f64 = 9_007_199_254_740_992.0;
        let whole = self
            .source
            .kind
            .is_some_and(|kind| matches!(kind, ValueKind::Whole | ValueKind::Boolean | ValueKind::Date));
        if whole && self.missing.is_none_or(|missing| missing.fract() == 0.0) {
            let (least, most) = self.source.extent(parts)?.unwrap_or((0, 0));
            let missing = self.missing.unwrap_or(0.0).abs();
            let greatest = (least.unsigned_abs().max(most.unsigned_abs()) as f64).max(missing);
            let values = self.source.count(parts)? as f64;
            self.exact = greatest * values < HELD;
        }
        Ok(self)
    }

    /// Whether sums need no correction.
    pub(super) fn sums_are_exact(&self) -> bool {
        self.exact
    }

    /// Goes through the values of a block, each with its bucket.
    pub(super) fn each(&mut self, block: Block<'_>, mut take: impl FnMut(u32, f64)) {
        match (&self.column, self.missing) {
            (Some(NumberColumn::Whole(column)), None) => {
                self.whole.load(Some(column), block.docs, None);
                self.whole.each(block.buckets, |bucket, value| take(bucket, value as f64));
            }
            (Some(NumberColumn::Unsigned(column)), None) => {
                self.unsigned.load(Some(column), block.docs, None);
                self.unsigned.each(block.buckets, |bucket, value| take(bucket, value as f64));
            }
            _ => self.load(block.docs).each(block.buckets, take),
        }
    }

    pub(super) fn start(&mut self, segment: &Segment<'_>) -> Result<(), Refusal> {
        self.column = match self.source.open(segment)? {
            Some(Column::I64(column)) => Some(NumberColumn::Whole(column)),
            Some(Column::U64(column)) => Some(NumberColumn::Unsigned(column)),
            Some(Column::F64(column)) => Some(NumberColumn::Float(column)),
            Some(Column::Str(_)) | None => None,
        };
        Ok(())
    }

    /// Reads the values of a block.
    pub(super) fn load(&mut self, docs: &[u32]) -> &Loaded<f64> {
        match &self.column {
            None => self.values.load(None, docs, self.missing),
            Some(NumberColumn::Float(column)) => self.values.load(Some(column), docs, self.missing),
            Some(NumberColumn::Whole(column)) if self.missing.is_none() => {
                self.whole.load(Some(column), docs, None);
                self.whole.convert(&mut self.values, |value| value as f64);
            }
            Some(NumberColumn::Unsigned(column)) if self.missing.is_none() => {
                self.unsigned.load(Some(column), docs, None);
                self.unsigned.convert(&mut self.values, |value| value as f64);
            }
            Some(_) => self.load_with_missing(docs),
        }
        &self.values
    }

    /// Whole numbers beside a replacement that need not be whole.
    fn load_with_missing(&mut self, docs: &[u32]) {
        let (column, missing) = (self.column.as_ref(), self.missing);
        self.values.replace(false, |values, positions| {
            for (position, doc) in docs.iter().enumerate() {
                let before = values.len();
                match column {
                    Some(NumberColumn::Whole(column)) => {
                        values.extend(column.values_for_doc(*doc).map(|value| value as f64));
                    }
                    Some(NumberColumn::Unsigned(column)) => {
                        values.extend(column.values_for_doc(*doc).map(|value| value as f64));
                    }
                    Some(NumberColumn::Float(_)) | None => {}
                }
                if values.len() == before {
                    values.extend(missing);
                }
                positions.resize(values.len(), position as u32);
            }
        });
    }
}

impl Source {
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// The name of its type in the first part that maps it.
    pub(super) fn type_name(&self) -> &'static str {
        self.field.as_ref().map_or("", |field| field.es_type)
    }

    /// The format of a date field.
    pub(super) fn date_format(&self) -> Arc<DateFormat> {
        self.field.as_ref().map(|field| Arc::clone(&field.format)).unwrap_or_default()
    }

    /// The term of a value of a request, as columns give it.
    pub(super) fn encode(&self, value: &str) -> Result<Vec<u8>, Refusal> {
        let Some(field) = &self.field else { return Ok(value.as_bytes().to_vec()) };
        let term = field.encode_term(value)?;
        Ok(term.as_bytes()[field.term_prefix().len()..].to_vec())
    }

    /// The value of a term.
    pub(super) fn decode(&self, term: &[u8]) -> String {
        match &self.field {
            Some(field) => field.decode_term(term),
            None => String::from_utf8_lossy(term).into_owned(),
        }
    }

    /// Whether a request says the right type.
    pub(super) fn check_value_type(&self, said: Option<ValueKind>) -> Result<(), Refusal> {
        let plain = |kind| matches!(kind, ValueKind::Whole | ValueKind::Unsigned | ValueKind::Float);
        match (self.kind, said) {
            (Some(kind), Some(said)) if kind != said && !(plain(kind) && plain(said)) => {
                let said = match said {
                    ValueKind::Keyword | ValueKind::Version => "string",
                    ValueKind::Whole | ValueKind::Unsigned => "byte|short|integer|long",
                    ValueKind::Float => "float|double",
                    ValueKind::Date => "date",
                    ValueKind::Ip => "ip",
                    ValueKind::Boolean => "boolean",
                };
                Err(Refusal::illegal(format!(
                    "Field type [{}] is incompatible with specified value_type [{said}]",
                    self.type_name()
                )))
            }
            _ => Ok(()),
        }
    }
}

impl Source {
    /// Bounds of all numbers that the parts have, of documents that do not match too.
    pub(super) fn extent_of_numbers(&self, parts: &[Part]) -> Result<Option<(f64, f64)>, Refusal> {
        let mut extent: Option<(f64, f64)> = None;
        for part in parts {
            for reader in part.table.searcher.segment_readers() {
                let (least, most) = match self.open_in(part, reader)? {
                    Some(Column::I64(column)) if column.values.num_vals() > 0 => {
                        (column.min_value() as f64, column.max_value() as f64)
                    }
                    Some(Column::U64(column)) if column.values.num_vals() > 0 => {
                        (column.min_value() as f64, column.max_value() as f64)
                    }
                    Some(Column::F64(column)) if column.values.num_vals() > 0 => {
                        (column.min_value(), column.max_value())
                    }
                    _ => continue,
                };
                let known = extent.unwrap_or((f64::INFINITY, f64::NEG_INFINITY));
                extent = Some((known.0.min(least), known.1.max(most)));
            }
        }
        Ok(extent)
    }
}
