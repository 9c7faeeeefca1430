//! Reads documents along a mapping, in one pass over their JSON.

use std::borrow::Cow;

use rustc_hash::FxHashSet;

use super::complaint::refusal;
use super::json::{Reader, Token};
use super::mapping::{Child, Dynamic, Node, Object};
use super::row::{Cell, Row};
use super::{Envelope, Schema};
use crate::error::Refusal;

/// A document while it is read.
#[derive(Debug)]
pub(super) struct Reading<'a> {
    pub(super) schema: &'a Schema,
    pub(super) text: &'a str,
    pub(super) reader: Reader<'a>,
    pub(super) id: &'a str,
    pub(super) row: Row<'a>,
    /// For each child of the mapping, the object in which it was seen last: a second time there is once too often.
    seen: Vec<u32>,
    /// Counts the objects of the document.
    object: u32,
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
        if self.reader.next().ok() != Some(Token::End) {
            return Err(Refusal::illegal("Malformed content, found extra data after parsing"));
        }
        for (slot, leaf) in schema.leaves.iter().enumerate() {
            if let Some(constant) = &leaf.field.constant {
                self.row.push(slot, Cell::Str(Cow::Borrowed(constant)));
            }
        }
        Ok(self.row)
    }

    pub(super) fn next(&mut self) -> Result<Token<'a>, Refusal> {
        self.reader.next().map_err(|malformed| self.malformed(&malformed))
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
            self.check_key(&key, at)?;
            if !strange.insert(key.clone()) {
                return Err(self.duplicate(&key));
            }
            self.other(object, &key, at)?;
        }
    }

    /// Reads the value of a key that is no child of the object: a path with dots, or nothing that is mapped.
    fn other(&mut self, object: &'a Object, key: &str, at: usize) -> Result<(), Refusal> {
        let first = self.next()?;
        self.check_metadata(object, key, &first)?;
        let (mut inner, mut name) = (object, key.trim_end_matches('.'));
        while let Some((head, rest)) = name.split_once('.') {
            match inner.children.get(head).map(|child| &child.node) {
                Some(Node::Object(object)) => (inner, name) = (object, rest),
                Some(Node::Disabled) => return self.skip(&first),
                Some(Node::Leaf(place)) => return self.within_leaf(*place, rest, first),
                None => break,
            }
        }
        if let Some(child) = inner.children.get(name) {
            return self.value(child, name, first);
        }
        match (inner.dynamic, name.split_once('.')) {
            (Dynamic::Ignore, _) => self.skip(&first),
            (Dynamic::Strict, None) => Err(self.not_mapped(name, inner, self.reader.start())),
            (Dynamic::Strict, Some((head, _))) => Err(self.not_mapped(head, inner, at)),
            (Dynamic::Map, _) => Err(Refusal::unsupported(format_args!(
                "the field [{}] of a document, which its mapping does not have: the engine maps no field by itself",
                if inner.path.is_empty() { name.to_owned() } else { format!("{}.{name}", inner.path) }
            ))),
        }
    }

    /// Reads a value for what is mapped there.
    fn value(&mut self, child: &'a Child, name: &str, first: Token<'a>) -> Result<(), Refusal> {
        match &child.node {
            Node::Leaf(place) => self.leaf_values(*place, first),
            Node::Object(object) => self.object_values(object, name, &first),
            Node::Disabled => self.skip(&first),
        }
    }

    fn object_values(&mut self, object: &'a Object, name: &str, first: &Token<'a>) -> Result<(), Refusal> {
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

    /// Passes over a value. Keys within it must differ all the same.
    pub(super) fn skip(&mut self, first: &Token<'a>) -> Result<(), Refusal> {
        let mut open = match first {
            Token::ObjectStart | Token::ArrayStart => vec![FxHashSet::default()],
            _ => return Ok(()),
        };
        while let Some(keys) = open.last_mut() {
            match self.reader.next().map_err(|malformed| self.malformed(&malformed))? {
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
}
