//! The field types that the engine knows.

/// An Elasticsearch field type with what of its parameters changes an answer.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kind {
    /// `keyword`, `wildcard`, `constant_keyword`.
    Keyword,
    /// `text`, `match_only_text`: no column.
    Text {
        /// The name of the analyzer of documents, registered in the table's tokenizers.
        analyzer: String,
        /// The name of the analyzer of queries.
        search_analyzer: String,
    },
    Number(NumberType),
    Boolean,
    /// `date`: milliseconds since 1970.
    Date,
    Ip,
    Version,
    Flattened,
    /// Stored in the document only: neither terms nor a column.
    Binary,
}

/// The numeric types of Elasticsearch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum NumberType {
    Byte,
    Short,
    Integer,
    Long,
    UnsignedLong,
    HalfFloat,
    Float,
    Double,
    ScaledFloat { factor: f64 },
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ColumnType {
    /// Whole numbers, booleans (0 and 1) and dates (milliseconds since 1970).
    I64,
    /// `unsigned_long`.
    U64,
    /// Floating-point numbers, rounded as their type rounds.
    F64,
    /// Terms, in an order of bytes that is the order of the type: `ip` and `version` are encoded so.
    Str,
}

impl Kind {
    /// The column of this kind; `None` for `text` and `binary`.
    pub(crate) fn column_type(&self) -> Option<ColumnType> {
        match self {
            Self::Text { .. } | Self::Binary => None,
            Self::Keyword | Self::Ip | Self::Version | Self::Flattened => Some(ColumnType::Str),
            Self::Boolean | Self::Date => Some(ColumnType::I64),
            Self::Number(number) => Some(number.column_type()),
        }
    }
}

impl NumberType {
    pub(crate) fn column_type(self) -> ColumnType {
        match self {
            Self::Byte | Self::Short | Self::Integer | Self::Long => ColumnType::I64,
            Self::UnsignedLong => ColumnType::U64,
            Self::HalfFloat | Self::Float | Self::Double | Self::ScaledFloat { .. } => ColumnType::F64,
        }
    }

    /// Whether its numbers have fractions.
    pub(crate) fn is_float(self) -> bool {
        self.column_type() == ColumnType::F64
    }

    /// Elasticsearch's name of the type.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Byte => "byte",
            Self::Short => "short",
            Self::Integer => "integer",
            Self::Long => "long",
            Self::UnsignedLong => "unsigned_long",
            Self::HalfFloat => "half_float",
            Self::Float => "float",
            Self::Double => "double",
            Self::ScaledFloat { .. } => "scaled_float",
        }
    }
}
