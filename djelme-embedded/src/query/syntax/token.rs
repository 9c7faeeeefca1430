//! The tokens of Lucene's classic query syntax.

use super::Problem;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    And,
    Or,
    Not,
    Plus,
    Minus,
    Open,
    Close,
    Colon,
    /// `*` by itself.
    Star,
    /// `^2`.
    Boost(f32),
    /// `~` with what follows it.
    Fuzzy(String),
    Quoted(String),
    /// A word, its escapes still in it.
    Term(String),
    /// A word with one `*`, at its end.
    Prefix(String),
    Wildcard(String),
    Regexp(String),
    Range {
        from: (String, bool),
        until: (String, bool),
    },
}

pub(super) fn tokens(text: &str) -> Result<Vec<Token>, Problem> {
    let mut lexer = Lexer { text: text.chars().collect(), at: 0 };
    let mut tokens = Vec::new();
    while let Some(token) = lexer.token()? {
        tokens.push(token);
    }
    Ok(tokens)
}

struct Lexer {
    text: Vec<char>,
    at: usize,
}

fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\n' | '\r' | '\u{3000}')
}

/// Whether a word can begin so; wildcards and escapes are looked at apart.
fn starts_term(character: char) -> bool {
    !is_space(character) && !"+-!():^[]\"{}~*?\\/".contains(character)
}

fn continues_term(character: char) -> bool {
    starts_term(character) || matches!(character, '-' | '+')
}

impl Lexer {
    fn peek(&self) -> Option<char> {
        self.text.get(self.at).copied()
    }

    fn ahead(&self, by: usize) -> Option<char> {
        self.text.get(self.at + by).copied()
    }

    fn take(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        self.at += usize::from(found);
        found
    }

    fn token(&mut self) -> Result<Option<Token>, Problem> {
        while self.peek().is_some_and(is_space) {
            self.at += 1;
        }
        let Some(first) = self.peek() else { return Ok(None) };
        // An operator before a space is a word.
        if matches!(first, '+' | '-' | '!') && self.ahead(1).is_some_and(is_space) {
            self.at += 2;
            return Ok(Some(Token::Term(first.into())));
        }
        let double = self.ahead(1) == Some(first);
        let (token, length) = match first {
            '&' if double => (Token::And, 2),
            '|' if double => (Token::Or, 2),
            '!' => (Token::Not, 1),
            '+' => (Token::Plus, 1),
            '-' => (Token::Minus, 1),
            '(' => (Token::Open, 1),
            ')' => (Token::Close, 1),
            ':' => (Token::Colon, 1),
            '"' => return self.quoted('"').map(Token::Quoted).map(Some),
            '/' => return self.quoted('/').map(Token::Regexp).map(Some),
            '^' => return self.boost().map(Some),
            '~' => return Ok(Some(self.fuzzy())),
            '[' | '{' => return self.range().map(Some),
            ']' | '}' => return Err(Problem::Malformed),
            _ => return self.word().map(Some),
        };
        self.at += length;
        Ok(Some(token))
    }

    /// Up to the closing mark, escapes kept. In a regular expression only its own mark is escaped.
    fn quoted(&mut self, mark: char) -> Result<String, Problem> {
        self.at += 1;
        let mut text = String::new();
        loop {
            match self.peek() {
                None => return Err(Problem::Malformed),
                Some('\\') => {
                    let escaped = self.ahead(1).ok_or(Problem::Malformed)?;
                    if !(mark == '/' && escaped == '/') {
                        text.push('\\');
                    }
                    text.push(escaped);
                    self.at += 2;
                }
                Some(end) if end == mark => {
                    self.at += 1;
                    return Ok(text);
                }
                Some(character) => {
                    text.push(character);
                    self.at += 1;
                }
            }
        }
    }

    fn number(&mut self) -> String {
        let from = self.at;
        let digits = |lexer: &mut Self| {
            while lexer.peek().is_some_and(|next| next.is_ascii_digit()) {
                lexer.at += 1;
            }
        };
        digits(self);
        if self.at > from
            && self.peek() == Some('.')
            && self.ahead(1).is_some_and(|next| next.is_ascii_digit())
        {
            self.at += 1;
            digits(self);
        }
        self.text[from..self.at].iter().collect()
    }

    fn boost(&mut self) -> Result<Token, Problem> {
        self.at += 1;
        self.number().parse().map(Token::Boost).map_err(|_| Problem::Malformed)
    }

    fn fuzzy(&mut self) -> Token {
        self.at += 1;
        Token::Fuzzy(self.number())
    }

    /// A word, with or without wildcards.
    fn word(&mut self) -> Result<Token, Problem> {
        let mut text = String::new();
        let mut wildcards = 0;
        let mut ends_in_star = false;
        while let Some(character) = self.peek() {
            match character {
                '\\' => {
                    let escaped = self.ahead(1).ok_or(Problem::Malformed)?;
                    text.extend(['\\', escaped]);
                    self.at += 2;
                    ends_in_star = false;
                }
                '*' | '?' => {
                    text.push(character);
                    self.at += 1;
                    wildcards += 1;
                    ends_in_star = character == '*';
                }
                _ if continues_term(character) && (starts_term(character) || !text.is_empty()) => {
                    text.push(character);
                    self.at += 1;
                    ends_in_star = false;
                }
                _ => break,
            }
        }
        Ok(match (text.as_str(), wildcards) {
            ("AND", _) => Token::And,
            ("OR", _) => Token::Or,
            ("NOT", _) => Token::Not,
            ("*", _) => Token::Star,
            (_, 0) => Token::Term(text),
            (_, 1) if ends_in_star => {
                text.pop();
                Token::Prefix(text)
            }
            _ => Token::Wildcard(text),
        })
    }

    /// `[a TO b}`: square brackets take the end in.
    fn range(&mut self) -> Result<Token, Problem> {
        let from_included = self.take('[');
        if !from_included {
            self.at += 1;
        }
        let from = self.range_end()?;
        if self.range_end()? != ("TO".to_owned(), true) {
            return Err(Problem::Malformed);
        }
        let until = self.range_end()?;
        self.skip_spaces();
        let until_included = match self.peek() {
            Some(']') => true,
            Some('}') => false,
            _ => return Err(Problem::Malformed),
        };
        self.at += 1;
        Ok(Token::Range { from: (from.0, from_included), until: (until.0, until_included) })
    }

    fn skip_spaces(&mut self) {
        while self.peek().is_some_and(is_space) {
            self.at += 1;
        }
    }

    /// An end of a range, and whether it is bare, not quoted.
    fn range_end(&mut self) -> Result<(String, bool), Problem> {
        self.skip_spaces();
        if self.peek() == Some('"') {
            let text = self.quoted('"')?;
            return Ok((unescape(&text)?, false));
        }
        let from = self.at;
        while self.peek().is_some_and(|next| !is_space(next) && next != ']' && next != '}') {
            self.at += 1;
        }
        let text: String = self.text[from..self.at].iter().collect();
        if text.is_empty() {
            return Err(Problem::Malformed);
        }
        Ok((unescape(&text)?, true))
    }
}

/// The text without the escapes.
pub(super) fn unescape(text: &str) -> Result<String, Problem> {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            plain.push(character);
            continue;
        }
        match characters.next().ok_or(Problem::Malformed)? {
            'u' => {
                let digits: String = characters.by_ref().take(4).collect();
                let code = u32::from_str_radix(&digits, 16).ok().filter(|_| digits.len() == 4);
                plain.push(code.and_then(char::from_u32).ok_or(Problem::Malformed)?);
            }
            escaped => plain.push(escaped),
        }
    }
    Ok(plain)
}
