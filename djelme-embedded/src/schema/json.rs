//! A reader of JSON that knows where it is: Elasticsearch's errors name the line and the column of a value, and
//! keywords take numbers as they are written.

use std::borrow::Cow;

/// Deeper JSON is refused, as Elasticsearch refuses it.
const MAX_DEPTH: u32 = 1000;

/// What stands next in a document.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Token<'a> {
    ObjectStart,
    ObjectEnd,
    ArrayStart,
    ArrayEnd,
    Key(Cow<'a, str>),
    String(Cow<'a, str>),
    /// A number as it is written.
    Number(&'a str),
    Bool(bool),
    Null,
    End,
}

/// Text that is no JSON: where, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Malformed {
    pub(crate) at: usize,
    pub(crate) reason: String,
}

/// What may come next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expect {
    Value,
    /// After `[`: a value or `]`.
    FirstItem,
    /// After `{`: a key or `}`.
    FirstKey,
    /// After a value within an array or object: a comma or the end.
    More,
    End,
}

/// Reads token by token.
#[derive(Debug, Clone)]
pub(crate) struct Reader<'a> {
    text: &'a str,
    at: usize,
    /// Where the last token began.
    start: usize,
    expect: Expect,
    /// For each open bracket, whether it is an object: one bit each, the innermost lowest.
    open: Vec<bool>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, at: 0, start: 0, expect: Expect::Value, open: Vec::with_capacity(8) }
    }

    /// The byte at which the last token began.
    pub(crate) fn start(&self) -> usize {
        self.start
    }

    /// The byte after the last token.
    pub(crate) fn end(&self) -> usize {
        self.at
    }

    /// The text between two bytes.
    pub(crate) fn slice(&self, from: usize, to: usize) -> &'a str {
        self.text.get(from..to).unwrap_or_default()
    }

    /// Reads the next token.
    pub(crate) fn next(&mut self) -> Result<Token<'a>, Malformed> {
        self.blank();
        match self.expect {
            Expect::Value => self.value(),
            Expect::FirstItem if self.peek() == Some(b']') => Ok(self.close(false)),
            Expect::FirstItem => self.value(),
            Expect::FirstKey if self.peek() == Some(b'}') => Ok(self.close(true)),
            Expect::FirstKey => self.key(),
            Expect::More => self.more(),
            Expect::End => {
                self.start = self.at;
                if self.at == self.text.len() { Ok(Token::End) } else { Err(self.unexpected("the end")) }
            }
        }
    }

    fn more(&mut self) -> Result<Token<'a>, Malformed> {
        let object = self.open.last().copied().unwrap_or_default();
        match self.peek() {
            Some(b',') => {
                self.at += 1;
                self.blank();
                if object { self.key() } else { self.value() }
            }
            Some(b'}') if object => Ok(self.close(true)),
            Some(b']') if !object => Ok(self.close(false)),
            _ => Err(self.unexpected(if object { "a comma or `}`" } else { "a comma or `]`" })),
        }
    }

    fn close(&mut self, object: bool) -> Token<'a> {
        self.start = self.at;
        self.at += 1;
        self.open.pop();
        self.after_value();
        if object { Token::ObjectEnd } else { Token::ArrayEnd }
    }

    fn after_value(&mut self) {
        self.expect = if self.open.is_empty() { Expect::End } else { Expect::More };
    }

    fn key(&mut self) -> Result<Token<'a>, Malformed> {
        self.start = self.at;
        if self.peek() != Some(b'"') {
            return Err(self.unexpected("a key"));
        }
        let key = self.string()?;
        self.blank();
        if self.peek() != Some(b':') {
            return Err(self.unexpected("a colon"));
        }
        self.at += 1;
        self.expect = Expect::Value;
        Ok(Token::Key(key))
    }

    fn value(&mut self) -> Result<Token<'a>, Malformed> {
        self.start = self.at;
        let token = match self.peek() {
            Some(b'{') => return self.enter(true),
            Some(b'[') => return self.enter(false),
            Some(b'"') => Token::String(self.string()?),
            Some(b'-' | b'0'..=b'9') => Token::Number(self.number()?),
            Some(b't') => self.word("true", Token::Bool(true))?,
            Some(b'f') => self.word("false", Token::Bool(false))?,
            Some(b'n') => self.word("null", Token::Null)?,
            _ => return Err(self.unexpected("a value")),
        };
        self.after_value();
        Ok(token)
    }

    fn enter(&mut self, object: bool) -> Result<Token<'a>, Malformed> {
        if self.open.len() as u32 >= MAX_DEPTH {
            return Err(self.malformed(format!("the JSON is deeper than {MAX_DEPTH} levels")));
        }
        self.at += 1;
        self.open.push(object);
        self.expect = if object { Expect::FirstKey } else { Expect::FirstItem };
        Ok(if object { Token::ObjectStart } else { Token::ArrayStart })
    }

    fn word(&mut self, word: &str, token: Token<'a>) -> Result<Token<'a>, Malformed> {
        if !self.text.as_bytes()[self.at..].starts_with(word.as_bytes()) {
            return Err(self.unexpected("a value"));
        }
        self.at += word.len();
        Ok(token)
    }

    /// Reads a number by JSON's grammar: `-`, digits without a leading zero, a fraction, an exponent.
    fn number(&mut self) -> Result<&'a str, Malformed> {
        let from = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        let digits = self.at;
        self.digits()?;
        if self.text.as_bytes()[digits] == b'0' && self.at > digits + 1 {
            return Err(self.malformed("a number with a leading zero".to_owned()));
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(self.slice(from, self.at))
    }

    fn digits(&mut self) -> Result<(), Malformed> {
        let from = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at == from { Err(self.unexpected("a digit")) } else { Ok(()) }
    }

    /// Reads a string from its opening quote to past the closing one.
    fn string(&mut self) -> Result<Cow<'a, str>, Malformed> {
        self.at += 1;
        let from = self.at;
        match self.plain()? {
            b'"' => {
                self.at += 1;
                Ok(Cow::Borrowed(self.slice(from, self.at - 1)))
            }
            _ => self.escaped(from).map(Cow::Owned),
        }
    }

    /// Goes on to the next quote or backslash.
    fn plain(&mut self) -> Result<u8, Malformed> {
        let rest = &self.text.as_bytes()[self.at..];
        let Some(length) = rest.iter().position(|&byte| byte == b'"' || byte == b'\\' || byte < b' ') else {
            self.at = self.text.len();
            return Err(self.unexpected("the end of a string"));
        };
        self.at += length;
        match rest[length] {
            byte @ (b'"' | b'\\') => Ok(byte),
            _ => Err(self.malformed("a control character in a string, which must be escaped".to_owned())),
        }
    }

    /// Reads the rest of a string with escapes that began at `from`.
    fn escaped(&mut self, from: usize) -> Result<String, Malformed> {
        let mut text = self.slice(from, self.at).to_owned();
        loop {
            let from = self.at;
            let byte = self.plain()?;
            text.push_str(self.slice(from, self.at));
            self.at += 1;
            if byte == b'"' {
                return Ok(text);
            }
            text.push(self.escape()?);
        }
    }

    /// Reads an escape from after its backslash.
    fn escape(&mut self) -> Result<char, Malformed> {
        let byte = self.peek();
        self.at += 1;
        Ok(match byte {
            Some(byte @ (b'"' | b'\\' | b'/')) => char::from(byte),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(),
            _ => {
                self.at -= 1;
                return Err(self.unexpected("an escape"));
            }
        })
    }

    /// Reads `\uXXXX` from after the `u`, with its second half if it is one of a pair. A half without the other is
    /// no character.
    fn unicode(&mut self) -> Result<char, Malformed> {
        let first = self.hex()?;
        let code = if (0xD800..0xDC00).contains(&first) && self.slice(self.at, self.at + 2) == "\\u" {
            self.at += 2;
            let second = self.hex()?;
            if !(0xDC00..0xE000).contains(&second) {
                return Err(self.malformed("half of a surrogate pair".to_owned()));
            }
            0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00)
        } else {
            first
        };
        char::from_u32(code).ok_or_else(|| self.malformed("half of a surrogate pair".to_owned()))
    }

    fn hex(&mut self) -> Result<u32, Malformed> {
        let digits = self.slice(self.at, self.at + 4);
        if digits.len() != 4 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(self.unexpected("four hexadecimal digits"));
        }
        self.at += 4;
        u32::from_str_radix(digits, 16).map_err(|error| self.malformed(error.to_string()))
    }

    fn blank(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn unexpected(&self, wanted: &str) -> Malformed {
        match self.text.get(self.at..).and_then(|rest| rest.chars().next()) {
            Some(found) => self.malformed(format!("found {found:?} where {wanted} is expected")),
            None => self.malformed(format!("the text ends where {wanted} is expected")),
        }
    }

    fn malformed(&self, reason: String) -> Malformed {
        Malformed { at: self.at, reason }
    }
}

/// Line and column of a byte, both from 1, as Elasticsearch counts them: in bytes.
pub(crate) fn position(text: &str, at: usize) -> (usize, usize) {
    let before = &text.as_bytes()[..at.min(text.len())];
    let line = before.iter().filter(|&&byte| byte == b'\n').count() + 1;
    let column = before.iter().rev().take_while(|&&byte| byte != b'\n').count() + 1;
    (line, column)
}
