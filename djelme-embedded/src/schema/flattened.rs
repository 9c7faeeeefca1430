//! Flattened fields: all that is in an object, key by key.

use std::borrow::Cow;

use rustc_hash::FxHashSet;

use super::document::Reading;
use super::json::Token;
use super::leaf::{MAX_TERM, is_longer, scalar_text};
use super::params;
use super::row::Cell;
use crate::error::Refusal;

impl<'a> Reading<'a> {
    /// Reads an object of a flattened field; `key` leads to it, with a dot at its end.
    pub(super) fn flattened(&mut self, place: usize, key: &mut String, depth: usize) -> Result<(), Refusal> {
        let mut names = FxHashSet::default();
        let length = key.len();
        loop {
            let Token::Key(name) = self.next()? else { return Ok(()) };
            if !names.insert(name.clone()) {
                return Err(self.duplicate(&name));
            }
            key.truncate(length);
            key.push_str(&name);
            let first = self.next()?;
            self.flattened_entry(place, key, depth, first)?;
        }
    }

    /// Reads all values of one key.
    pub(super) fn flattened_entry(
        &mut self,
        place: usize,
        key: &mut String,
        depth: usize,
        first: Token<'a>,
    ) -> Result<(), Refusal> {
        let mut token = first;
        let mut arrays = 0;
        loop {
            match token {
                Token::ArrayStart => arrays += 1,
                Token::ArrayEnd => arrays -= 1,
                Token::ObjectStart => self.flattened_object(place, key, depth + 1)?,
                token => self.flattened_value(place, key, token)?,
            }
            if arrays == 0 {
                return Ok(());
            }
            token = self.next()?;
        }
    }

    fn flattened_object(&mut self, place: usize, key: &mut String, depth: usize) -> Result<(), Refusal> {
        let leaf = &self.schema.leaves[place];
        if depth > leaf.depth_limit {
            let cause = format!(
                "The provided [flattened] field [{}] exceeds the maximum depth limit of [{}].",
                leaf.field.path, leaf.depth_limit
            );
            return Err(self.unfit(leaf, self.reader.start(), "", &cause));
        }
        let length = key.len();
        key.push('.');
        self.flattened(place, key, depth)?;
        key.truncate(length);
        Ok(())
    }

    fn flattened_value(&mut self, place: usize, key: &str, token: Token<'a>) -> Result<(), Refusal> {
        let leaf = &self.schema.leaves[place];
        let text = match (token, &leaf.null_value) {
            (Token::Null, None) => return Ok(()),
            (Token::Null, Some(null)) => Cow::Owned(params::text(null)),
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
}
