//! Reads documents along a mapping, in one pass over their JSON.

use std::borrow::Cow;

use rustc_hash::FxHashSet;
use serde_json::Value;

use super::json::{Malformed, Reader, Token, position};
use super::mapping::{Child, Dynamic, Leaf, Node, Object};
use super::row::{Cell, Row};
use super::value::{self, Number};
use super::{Envelope, Kind, Schema, ip, preview, version};
use crate::date::{Missing, Zone};
use crate::error::Refusal;

/// Lucene's limit on a term, in bytes.
const MAX_TERM: usize = 32_766;

/// Names that a document may not use at its top level.
const METADATA: [&str; 12] = [
    "_id",
    "_index",
    "_source",
    "_field_names",
    "_ignored",
    "_seq_no",
    "_routing",
    "_version",
    "_doc_count",
    "_tier",
    "_nested_path",
    "_ignored_source",
];

/// A document while it is read.
#[derive(Debug)]
pub(super) struct Reading<'a> {
    schema: &'a Schema,
    text: &'a str,
    reader: Reader<'a>,
    id: &'a str,
    row: Row<'a>,
    /// For each child of the mapping, the object in which it was seen last: a second time there is once too often.
    seen: Vec<u32>,
    /// Counts the objects of the document.
    object: u32,
}

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
    pub(super) fn new(schema: &'a Schema, source: &'a [u8], envelope: Envelope<'a>) -> Result<Self, Refusal> {
        let text = std::str::from_utf8(source).map_err(|error| {
            refusal(format!("[1:1] failed to parse: invalid UTF-8 at byte {}", error.valid_up_to()))
        })?;
        let reader = Reader::new(text);
        let seen = vec![0; schema.children];
        let row = Row::with_capacity(schema.leaves.len());
        Ok(Self { schema, text, reader, id: envelope.id, row, seen, object: 0 })
    }

    /// Reads all of the document.
    pub(super) fn read(mut self) -> Result<Row<'a>, Refusal> {
        let schema = self.schema;
        match self.next()? {
            Token::ObjectStart => self.fields(&schema.root)?,
            _ => return Err(refusal("Malformed content, must start with an object")),
        }
        match self.reader.next() {
            Ok(Token::End) => {}
            _ => return Err(Refusal::illegal("Malformed content, found extra data after parsing")),
        }
        for (slot, leaf) in schema.leaves.iter().enumerate() {
            if let Some(constant) = &leaf.field.constant {
                self.row.push(slot, Cell::Str(Cow::Borrowed(constant)));
            }
        }
        Ok(self.row)
    }

    fn next(&mut self) -> Result<Token<'a>, Refusal> {
        self.reader.next().map_err(|malformed| self.malformed(malformed))
    }

    /// Reads the fields of an object, from after its opening bracket.
    fn fields(&mut self, object: &'a Object) -> Result<(), Refusal> {
        self.object += 1;
        let this = self.object;
        let mut strange = FxHashSet::default();
        loop {
            let Token::Key(key) = self.next()? else { return Ok(()) };
            let at = self.reader.start();
            if let Some(child) = object.children.get(key.as_ref()) {
                if self.seen[child.number] == this {
                    return Err(self.duplicate(&key));
                }
                self.seen[child.number] = this;
                let first = self.next()?;
                self.value(child, &key, first)?;
                continue;
            }
            self.check_key(object, &key, at)?;
            if !strange.insert(key.clone()) {
                return Err(self.duplicate(&key));
            }
            self.other(object, &key)?;
        }
    }

    /// Reads the value of a key that is no child of the object: a path with dots, or nothing that is mapped.
    fn other(&mut self, object: &'a Object, key: &str) -> Result<(), Refusal> {
        let first = self.next()?;
        let mut inner = object;
        let mut name = key;
        while let Some((head, rest)) = name.split_once('.') {
            match inner.children.get(head).map(|child| &child.node) {
                Some(Node::Object(object)) if !rest.is_empty() => (inner, name) = (object, rest),
                Some(Node::Disabled) => return self.skip(&first),
                Some(Node::Object(object)) => return Err(self.concrete(&object.path, head)),
                _ => break,
            }
        }
        if let Some(child) = inner.children.get(name) {
            return self.value(child, name, first);
        }
        match inner.dynamic {
            Dynamic::Ignore => self.skip(&first),
            Dynamic::Strict => {
                let name = name.split('.').next().unwrap_or(name);
                Err(self.not_mapped(name, inner))
            }
            Dynamic::Map => Err(Refusal::unsupported(format_args!(
                "the field [{}] of a document, which its mapping does not have: the engine maps no field by itself",
                if inner.path.is_empty() { name.to_owned() } else { format!("{}.{name}", inner.path) }
            ))),
        }
    }

    /// Reads a value for what is mapped there.
    fn value(&mut self, child: &'a Child, name: &str, first: Token<'a>) -> Result<(), Refusal> {
        match &child.node {
            Node::Leaf(place) => self.leaf_values(*place, first),
            Node::Object(object) => self.object_values(object, name, first),
            Node::Disabled => self.skip(&first),
        }
    }

    fn object_values(&mut self, object: &'a Object, name: &str, first: Token<'a>) -> Result<(), Refusal> {
        match first {
            Token::ObjectStart => return self.fields(object),
            Token::Null => return Ok(()),
            Token::ArrayStart => {}
            _ => return Err(self.concrete(&object.path, name)),
        }
        let mut depth = 1;
        while depth > 0 {
            match self.next()? {
                Token::ObjectStart => self.fields(object)?,
                Token::ArrayStart => depth += 1,
                Token::ArrayEnd => depth -= 1,
                Token::Null => {}
                _ => return Err(self.concrete(&object.path, "null")),
            }
        }
        Ok(())
    }

    fn leaf_values(&mut self, place: usize, first: Token<'a>) -> Result<(), Refusal> {
        if first != Token::ArrayStart {
            return self.leaf(place, first);
        }
        let mut depth = 1;
        while depth > 0 {
            match self.next()? {
                Token::ArrayStart => depth += 1,
                Token::ArrayEnd => depth -= 1,
                token => self.leaf(place, token)?,
            }
        }
        Ok(())
    }

    /// Reads one value for a field, its multi-fields, and the fields that it is copied to.
    fn leaf(&mut self, place: usize, token: Token<'a>) -> Result<(), Refusal> {
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
            Err(unfit) => Err(self.unfit(leaf, start, &preview::of(&preview), &unfit.cause)),
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
                    Some(null) => from_number(value::number(*number, &super::params::text(null), true)?),
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
                let text = scalar_text(token);
                immense(leaf, &text)?;
                Cell::Str(Cow::Owned(version::encode(&text)))
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
            let mut key = String::new();
            return self.flattened(place, &mut key, 1);
        }
        self.skip(&Token::ObjectStart)?;
        let (line, column) = position(self.text, from);
        let cause = match &leaf.field.kind {
            Kind::Number(_) => "Cannot parse object as number".to_owned(),
            Kind::Boolean => "Current token (START_OBJECT) not of boolean type".to_owned(),
            _ => format!("Expected text at {line}:{column} but found START_OBJECT"),
        };
        let preview = preview::of_json(self.reader.slice(from, self.reader.end()));
        Err(self.unfit(leaf, self.reader.start(), &preview, &cause))
    }

    /// Reads an object of a flattened field; `prefix` is the key that leads to it, with a dot at its end.
    fn flattened(&mut self, place: usize, prefix: &mut String, depth: usize) -> Result<(), Refusal> {
        let leaf = &self.schema.leaves[place];
        let mut keys = FxHashSet::default();
        let length = prefix.len();
        loop {
            let Token::Key(key) = self.next()? else { return Ok(()) };
            if !keys.insert(key.clone()) {
                return Err(self.duplicate(&key));
            }
            prefix.truncate(length);
            prefix.push_str(&key);
            let mut arrays = 0;
            loop {
                let token = self.next()?;
                match token {
                    Token::ArrayStart => arrays += 1,
                    Token::ArrayEnd => arrays -= 1,
                    Token::ObjectStart => {
                        if depth + 1 > leaf.depth_limit {
                            let cause = format!(
                                "The provided [flattened] field [{}] exceeds the maximum depth limit of [{}].",
                                leaf.field.path, leaf.depth_limit
                            );
                            return Err(self.unfit(leaf, self.reader.start(), "", &cause));
                        }
                        let inner = prefix.len();
                        prefix.push('.');
                        self.flattened(place, prefix, depth + 1)?;
                        prefix.truncate(inner);
                    }
                    token => self.flattened_value(place, prefix, token)?,
                }
                if arrays == 0 {
                    break;
                }
            }
        }
    }

    fn flattened_value(&mut self, place: usize, key: &str, token: Token<'a>) -> Result<(), Refusal> {
        let leaf = &self.schema.leaves[place];
        let text = match (token, &leaf.null_value) {
            (Token::Null, None) => return Ok(()),
            (Token::Null, Some(null)) => Cow::Owned(super::params::text(null)),
            (token, _) => scalar_text(token),
        };
        if is_longer(&text, leaf.ignore_above) || !leaf.kept {
            return Ok(());
        }
        let keyed = format!("{key}\0{text}");
        let cause = if key.contains('\0') {
            format!("Do not include the null byte in flattened field keys: [{}]", key.escape_debug())
        } else if keyed.len() > MAX_TERM {
            format!(
                "Flattened field [{}] contains one immense field whose keyed encoding is longer than the allowed max \
                 length of {MAX_TERM} bytes. Key length: {}, value length: {} for key starting with [{}]",
                leaf.field.path,
                key.len(),
                text.len(),
                key.chars().take(50).collect::<String>()
            )
        } else {
            self.row.push(place, Cell::Str(text));
            self.row.push_keyed(place, keyed);
            return Ok(());
        };
        Err(self.unfit(leaf, self.reader.start(), "", &cause))
    }

    /// Passes over a value. Keys within it must differ all the same.
    fn skip(&mut self, first: &Token<'a>) -> Result<(), Refusal> {
        let mut open = match first {
            Token::ObjectStart | Token::ArrayStart => vec![FxHashSet::default()],
            _ => return Ok(()),
        };
        while let Some(keys) = open.last_mut() {
            match self.reader.next().map_err(|malformed| self.malformed(malformed))? {
                Token::Key(key) => {
                    if keys.contains(&key) {
                        return Err(self.duplicate(&key));
                    }
                    keys.insert(key);
                }
                Token::ObjectStart | Token::ArrayStart => open.push(FxHashSet::default()),
                Token::ObjectEnd | Token::ArrayEnd => drop(open.pop()),
                _ => {}
            }
        }
        Ok(())
    }

    /// Refuses names that no field can have.
    fn check_key(&self, object: &Object, key: &str, at: usize) -> Result<(), Refusal> {
        if object.path.is_empty() && METADATA.contains(&key) {
            return Err(self.at(at, format_args!(
                "Field [{key}] is a metadata field and cannot be added inside a document. Use the index API request \
                 parameters."
            )));
        }
        if key.is_empty() {
            return Err(self.at(at, "failed to parse: field name cannot be an empty string"));
        }
        if key.trim().is_empty() {
            return Err(self.at(at, format_args!("Field name cannot contain only whitespace: [{key}]")));
        }
        if key.starts_with('.') || key.contains("..") {
            let text = format_args!("failed to parse: field name cannot contain only whitespace: ['{key}']");
            return Err(self.at(at, text));
        }
        Ok(())
    }

    fn at(&self, at: usize, reason: impl std::fmt::Display) -> Refusal {
        let (line, column) = position(self.text, at);
        refusal(format!("[{line}:{column}] {reason}"))
    }

    fn malformed(&self, malformed: Malformed) -> Refusal {
        self.at(malformed.at, format_args!("failed to parse: {}", malformed.reason))
    }

    fn duplicate(&self, key: &str) -> Refusal {
        self.at(self.reader.start(), format_args!("failed to parse: Duplicate field '{key}'"))
    }

    fn concrete(&self, path: &str, name: &str) -> Refusal {
        let text = "as object, but found a concrete value";
        self.at(
            self.reader.start(),
            format_args!("object mapping for [{path}] tried to parse field [{name}] {text}"),
        )
    }

    fn not_mapped(&self, name: &str, object: &Object) -> Refusal {
        let (line, column) = position(self.text, self.reader.start());
        let within = if object.path.is_empty() { "_doc" } else { &object.path };
        Refusal::new(
            400,
            "strict_dynamic_mapping_exception",
            format!(
                "[{line}:{column}] mapping set to strict, dynamic introduction of [{name}] within [{within}] is not \
                 allowed"
            ),
        )
    }

    fn unfit(&self, leaf: &Leaf, at: usize, preview: &str, cause: &str) -> Refusal {
        let (path, es_type, id) = (&leaf.field.path, leaf.field.es_type, self.id);
        self.at(at, format_args!(
            "failed to parse field [{path}] of type [{es_type}] in document with id '{id}'. Preview of field's value: \
             '{preview}'; caused by: {cause}"
        ))
    }
}

fn refusal(reason: impl Into<String>) -> Refusal {
    Refusal::new(400, "document_parsing_exception", reason)
}

/// The text of a value: numbers as they are written.
fn scalar_text(token: Token<'_>) -> Cow<'_, str> {
    match token {
        Token::String(text) => text,
        Token::Number(text) => Cow::Borrowed(text),
        Token::Bool(true) => Cow::Borrowed("true"),
        Token::Bool(false) => Cow::Borrowed("false"),
        _ => Cow::Borrowed(""),
    }
}

/// A number; `None` for an empty text.
fn number_cell<'a>(
    number: super::NumberType,
    leaf: &Leaf,
    token: &Token<'a>,
) -> Result<Option<Cell<'a>>, Unfit> {
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
    if !leaf.coerce {
        uncoerced(number, text, quoted)?;
    }
    Ok(Some(from_number(value::number(number, text, quoted)?)))
}

/// Without `coerce`, a number stands without quotes, and a whole number has no fraction.
fn uncoerced(number: super::NumberType, text: &str, quoted: bool) -> Result<(), String> {
    use super::{ColumnType, NumberType};

    let name = match number {
        NumberType::Byte => "Byte",
        NumberType::Short => "Short",
        NumberType::Integer => "Integer",
        NumberType::Long => "Long",
        NumberType::HalfFloat | NumberType::Float => "Float",
        _ => "Double",
    };
    if quoted {
        return Err(format!("{name} value passed as String"));
    }
    if number.column_type() != ColumnType::F64 && !value::is_whole(text) {
        let value = text.parse::<f64>().unwrap_or(f64::NAN);
        if value.fract() != 0.0 {
            return Err(format!(
                "{} cannot be converted to {name} without data loss",
                value::java_double(value)
            ));
        }
    }
    Ok(())
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
fn is_longer(text: &str, most: usize) -> bool {
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
