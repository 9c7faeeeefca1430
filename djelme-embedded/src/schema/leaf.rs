//! Values of single fields: what each type makes of what stands in a document.

use std::borrow::Cow;

use serde_json::Value;

use super::document::Reading;
use super::json::{Token, position};
use super::mapping::Leaf;
use super::params;
use super::row::Cell;
use super::value::{self, Number};
use super::{ColumnType, Kind, NumberType, ip, preview, version};
use crate::date::{Missing, Zone};
use crate::error::Refusal;

/// Lucene's limit on a term, in bytes.
pub(super) const MAX_TERM: usize = 32_766;

/// A value that its field does not take: Elasticsearch's words, and whether `ignore_malformed` excuses it.
struct Unfit {
    cause: String,
    excusable: bool,
}

impl From<String> for Unfit {
    fn from(cause: String) -> Self {
        Self { cause, excusable: true }
    }
}

impl<'a> Reading<'a> {
    /// Reads one value for a field, its multi-fields, and the fields that it is copied to.
    pub(super) fn leaf(&mut self, place: usize, token: Token<'a>) -> Result<(), Refusal> {
        let leaf = &self.schema.leaves[place];
        if token == Token::ObjectStart {
            return self.object_for_leaf(place);
        }
        let start = self.reader.start();
        for &copy in &leaf.copy_to {
            self.single(copy, token.clone(), start)?;
        }
        self.single(place, token, start)
    }

    /// Reads one value for a field and its multi-fields.
    fn single(&mut self, place: usize, token: Token<'a>, start: usize) -> Result<(), Refusal> {
        let leaf = &self.schema.leaves[place];
        for &multi in &leaf.multi {
            self.plain(multi, token.clone(), start)?;
        }
        self.plain(place, token, start)
    }

    /// Reads one value for a field alone.
    fn plain(&mut self, place: usize, token: Token<'a>, start: usize) -> Result<(), Refusal> {
        let leaf = &self.schema.leaves[place];
        let token = match token {
            Token::Null => match &leaf.null_value {
                None => return Ok(()),
                Some(Value::String(text)) => Token::String(Cow::Borrowed(text)),
                Some(other) => Token::String(Cow::Owned(other.to_string())),
            },
            token => token,
        };
        let preview = token.clone();
        match self.cell(place, leaf, token) {
            Ok(()) => Ok(()),
            Err(unfit) if unfit.excusable && leaf.ignore_malformed => {
                self.row.ignore(place);
                Ok(())
            }
            Err(unfit) => {
                Err(self.unfit(leaf, start, &preview::for_kind(&leaf.field.kind, &preview), &unfit.cause))
            }
        }
    }

    /// Adds the value to the row.
    fn cell(&mut self, place: usize, leaf: &'a Leaf, token: Token<'a>) -> Result<(), Unfit> {
        let cell = match &leaf.field.kind {
            Kind::Keyword => match self.keyword(place, leaf, scalar_text(token))? {
                Some(text) => Cell::Str(text),
                None => return Ok(()),
            },
            Kind::Text { .. } => Cell::Str(scalar_text(token)),
            Kind::Number(number) => match number_cell(*number, leaf, &token)? {
                Some(cell) => cell,
                // An empty text is no number, and no error either.
                None => match &leaf.null_value {
                    Some(null) => from_number(value::number(*number, &params::text(null), true)?),
                    None => return Ok(()),
                },
            },
            Kind::Boolean => Cell::I64(i64::from(boolean(&token)?)),
            Kind::Date => {
                let text = scalar_text(token);
                let millis = leaf.field.format.parse(&text, Missing::First, Zone::UTC);
                Cell::I64(millis.map_err(|error| error.0)?)
            }
            Kind::Ip => {
                let address = ip::parse(&scalar_text(token)).map_err(|error| error.to_string())?;
                Cell::Str(Cow::Owned(ip::encode(address)))
            }
            Kind::Version => {
                let term = version::encode(&scalar_text(token))?;
                if term.len() > MAX_TERM {
                    let length = term.len();
                    return Err(format!("bytes can be at most {MAX_TERM} in length; got {length}").into());
                }
                Cell::Str(Cow::Owned(term))
            }
            Kind::Binary => return Ok(()),
            Kind::Flattened => {
                let found = match token {
                    Token::String(_) => "VALUE_STRING",
                    Token::Number(_) => "VALUE_NUMBER",
                    _ => "VALUE_BOOLEAN",
                };
                return Err(Unfit {
                    cause: format!(
                        "Failed to parse object: expecting token of type [START_OBJECT] but found [{found}]"
                    ),
                    excusable: false,
                });
            }
        };
        if leaf.kept {
            self.row.push(place, cell);
        }
        Ok(())
    }

    /// A keyword as it is indexed; `None` if it is too long for that.
    fn keyword(
        &mut self,
        place: usize,
        leaf: &Leaf,
        text: Cow<'a, str>,
    ) -> Result<Option<Cow<'a, str>>, Unfit> {
        if let Some(constant) = &leaf.field.constant {
            if *constant == text {
                return Ok(None);
            }
            return Err(Unfit {
                cause: format!(
                    "[constant_keyword] field [{}] only accepts values that are equal to the value defined in the \
                     mappings [{constant}], but got [{text}]",
                    leaf.field.path
                ),
                excusable: false,
            });
        }
        if is_longer(&text, leaf.ignore_above) {
            self.row.ignore(place);
            return Ok(None);
        }
        let text = match &leaf.field.normalizer {
            Some(normalizer) => Cow::Owned(normalizer.normalize(&text)),
            None => text,
        };
        immense(leaf, &text)?;
        Ok(Some(text))
    }

    /// An object where a field is mapped: only a flattened one takes it.
    fn object_for_leaf(&mut self, place: usize) -> Result<(), Refusal> {
        let leaf = &self.schema.leaves[place];
        let from = self.reader.start();
        if leaf.field.kind == Kind::Flattened {
            return self.flattened(place, &mut String::new(), 1);
        }
        self.skip(&Token::ObjectStart)?;
        let preview = preview::of_json(self.reader.slice(from, self.reader.end()));
        Err(self.unfit(leaf, self.reader.start(), &preview, &self.no_object(leaf, from)))
    }

    /// A value under a path that goes on within a field: an object, but for the way it is written.
    pub(super) fn within_leaf(&mut self, place: usize, rest: &str, first: Token<'a>) -> Result<(), Refusal> {
        let leaf = &self.schema.leaves[place];
        if leaf.field.kind == Kind::Flattened {
            return self.flattened_entry(place, &mut rest.to_owned(), 1, first);
        }
        let (from, start) = (self.reader.start(), self.reader.start());
        self.skip(&first)?;
        let value = preview::of_json(self.reader.slice(from, self.reader.end()));
        let preview = format!("{{{rest}={value}}}");
        Err(self.unfit(leaf, start, &preview, &self.no_object(leaf, from)))
    }

    /// Why a field takes no object.
    fn no_object(&self, leaf: &Leaf, at: usize) -> String {
        let (line, column) = position(self.text, at);
        match &leaf.field.kind {
            Kind::Number(_) => "Cannot parse object as number".to_owned(),
            Kind::Boolean => "Current token (START_OBJECT) not of boolean type".to_owned(),
            _ => format!("Expected text at {line}:{column} but found START_OBJECT"),
        }
    }
}

/// The text of a value: numbers as they are written.
pub(super) fn scalar_text(token: Token<'_>) -> Cow<'_, str> {
    match token {
        Token::String(text) => text,
        Token::Number(text) => Cow::Borrowed(text),
        Token::Bool(true) => Cow::Borrowed("true"),
        Token::Bool(false) => Cow::Borrowed("false"),
        _ => Cow::Borrowed(""),
    }
}

/// A number; `None` for an empty text.
fn number_cell<'a>(number: NumberType, leaf: &Leaf, token: &Token<'a>) -> Result<Option<Cell<'a>>, Unfit> {
    let (text, quoted) = match token {
        Token::Number(text) => (*text, false),
        Token::String(text) if text.is_empty() && leaf.coerce => return Ok(None),
        Token::String(text) => (text.as_ref(), true),
        Token::Bool(value) => {
            let token = if *value { "VALUE_TRUE" } else { "VALUE_FALSE" };
            return Err(
                format!("Current token ({token}) not numeric, can not use numeric value accessors").into()
            );
        }
        _ => return Ok(None),
    };
    if quoted && !leaf.coerce {
        return Err(format!("{} value passed as String", java_name(number)).into());
    }
    let value = from_number(value::number(number, text, quoted)?);
    if !leaf.coerce {
        whole(number, text)?;
    }
    Ok(Some(value))
}

/// Java's class of a number.
fn java_name(number: NumberType) -> &'static str {
    match number {
        NumberType::Byte => "Byte",
        NumberType::Short => "Short",
        NumberType::Integer => "Integer",
        NumberType::Long | NumberType::UnsignedLong => "Long",
        NumberType::HalfFloat | NumberType::Float => "Float",
        NumberType::Double | NumberType::ScaledFloat { .. } => "Double",
    }
}

/// Without `coerce`, a whole number has no fraction that a floating-point number could tell.
fn whole(number: NumberType, text: &str) -> Result<(), String> {
    if number.column_type() == ColumnType::F64 || value::is_whole(text) {
        return Ok(());
    }
    let value = text.parse::<f64>().unwrap_or(f64::NAN);
    if value.fract() == 0.0 {
        return Ok(());
    }
    Err(format!(
        "{} cannot be converted to {} without data loss",
        value::java_double(value),
        java_name(number)
    ))
}

fn from_number<'a>(number: Number) -> Cell<'a> {
    match number {
        Number::I64(value) => Cell::I64(value),
        Number::U64(value) => Cell::U64(value),
        Number::F64(value) => Cell::F64(value),
    }
}

fn boolean(token: &Token<'_>) -> Result<bool, String> {
    match token {
        Token::Bool(value) => Ok(*value),
        Token::String(text) => value::boolean(text),
        Token::Number(text) if text.contains(['.', 'e', 'E']) => {
            Err("Current token (VALUE_NUMBER_FLOAT) not of boolean type".to_owned())
        }
        _ => Err("Current token (VALUE_NUMBER_INT) not of boolean type".to_owned()),
    }
}

/// Whether a text has more characters than that, as Java counts them.
pub(super) fn is_longer(text: &str, most: usize) -> bool {
    text.len() > most && text.chars().map(char::len_utf16).sum::<usize>() > most
}

/// Refuses a value that would be too long a term.
fn immense(leaf: &Leaf, text: &str) -> Result<(), Unfit> {
    if text.len() <= MAX_TERM {
        return Ok(());
    }
    let prefix: Vec<String> = text.bytes().take(30).map(|byte| byte.cast_signed().to_string()).collect();
    Err(Unfit {
        cause: format!(
            "Document contains at least one immense term in field=\"{}\" (whose UTF8 encoding is longer than the max \
             length {MAX_TERM}), all of which were skipped. Please correct the analyzer to not produce such terms. The \
             prefix of the first immense term is: '[{}]...'",
            leaf.field.path,
            prefix.join(", ")
        ),
        excusable: false,
    })
}
