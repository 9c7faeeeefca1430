//! Lucene's simple query syntax, in which every text is a query.

use super::Node;
use crate::query::ast::Fuzziness;

/// How deep parentheses may nest here; those beyond are left out, as surplus ones are.
const MAX_DEPTH: usize = 30;

/// Which operators there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Operators(u16);

impl Operators {
    const AND: u16 = 1;
    const NOT: u16 = 2;
    const OR: u16 = 4;
    const PREFIX: u16 = 8;
    const PHRASE: u16 = 16;
    const PRECEDENCE: u16 = 32;
    const ESCAPE: u16 = 64;
    const WHITESPACE: u16 = 128;
    const FUZZY: u16 = 256;
    const SLOP: u16 = 512;
    pub(crate) const ALL: Self = Self(1023);

    /// Reads names with `|` between them; the error is the unknown name.
    pub(crate) fn parse(text: &str) -> Result<Self, &str> {
        if text.is_empty() {
            return Ok(Self::ALL);
        }
        let mut operators = 0;
        for name in text.split('|') {
            operators |= match name.to_ascii_uppercase().as_str() {
                "ALL" => return Ok(Self::ALL),
                "NONE" => return Ok(Self(0)),
                "AND" => Self::AND,
                "NOT" => Self::NOT,
                "OR" => Self::OR,
                "PREFIX" => Self::PREFIX,
                "PHRASE" => Self::PHRASE,
                "PRECEDENCE" => Self::PRECEDENCE,
                "ESCAPE" => Self::ESCAPE,
                "WHITESPACE" => Self::WHITESPACE,
                "FUZZY" => Self::FUZZY,
                "NEAR" | "SLOP" => Self::SLOP,
                _ => return Err(name),
            };
        }
        Ok(Self(operators))
    }
}

/// Reads a query; `None` if nothing is asked for.
pub(crate) fn parse(text: &str, operators: Operators, default_and: bool) -> Option<Node> {
    if text.trim() == "*" {
        return Some(Node::All);
    }
    let text: Vec<char> = text.chars().collect();
    let end = text.len();
    Reader {
        text: &text,
        at: 0,
        end,
        operators,
        default_and,
        depth: 0,
        all: None,
        previous: None,
        top: None,
        not: 0,
    }
    .read()
}

struct Reader<'t> {
    text: &'t [char],
    at: usize,
    end: usize,
    operators: Operators,
    default_and: bool,
    depth: usize,
    /// Whether the operator before the next piece joins all; `None` before it is known.
    all: Option<bool>,
    previous: Option<bool>,
    top: Option<Node>,
    not: u32,
}

impl Reader<'_> {
    fn has(&self, operator: u16) -> bool {
        self.operators.0 & operator != 0
    }

    /// Whether an operator stands here.
    fn is(&self, character: char, operator: u16) -> bool {
        self.text[self.at] == character && self.has(operator)
    }

    fn is_space(&self) -> bool {
        matches!(self.text[self.at], ' ' | '\t' | '\n' | '\r') && self.has(Operators::WHITESPACE)
    }

    fn read(mut self) -> Option<Node> {
        while self.at < self.end {
            if self.is('(', Operators::PRECEDENCE) {
                self.group();
            } else if self.is(')', Operators::PRECEDENCE) || self.is_space() {
                self.at += 1;
            } else if self.is('"', Operators::PHRASE) {
                self.phrase();
            } else if self.is('+', Operators::AND) {
                self.operator(true);
            } else if self.is('|', Operators::OR) {
                self.operator(false);
            } else if self.is('-', Operators::NOT) {
                self.not += 1;
                self.at += 1;
                // It belongs to what comes next.
                continue;
            } else {
                self.token();
            }
            self.not = 0;
        }
        self.top
    }

    fn operator(&mut self, all: bool) {
        if self.all.is_none() && self.top.is_some() {
            self.all = Some(all);
        }
        self.at += 1;
    }

    fn group(&mut self) {
        self.at += 1;
        let (start, mut open, mut escaped) = (self.at, 1, false);
        while self.at < self.end {
            if escaped {
                escaped = false;
            } else if self.is('\\', Operators::ESCAPE) {
                escaped = true;
            } else if self.text[self.at] == '(' {
                open += 1;
            } else if self.text[self.at] == ')' {
                open -= 1;
                if open == 0 {
                    break;
                }
            }
            self.at += 1;
        }
        if self.at == self.end || self.depth >= MAX_DEPTH {
            self.at = start;
        } else if self.at == start {
            self.all = None;
            self.at += 1;
        } else {
            let inner = Reader {
                at: start,
                end: self.at,
                depth: self.depth + 1,
                all: None,
                previous: None,
                top: None,
                not: 0,
                ..*self
            };
            let inner = inner.read();
            self.add(inner);
            self.at += 1;
        }
    }

    fn phrase(&mut self) {
        self.at += 1;
        let (start, mut text, mut escaped, mut slop) = (self.at, String::new(), false, false);
        while self.at < self.end {
            let character = self.text[self.at];
            if !escaped {
                if self.is('\\', Operators::ESCAPE) {
                    escaped = true;
                    self.at += 1;
                    continue;
                }
                if character == '"' {
                    if self.at + 1 < self.end && self.text[self.at + 1] == '~' && self.has(Operators::SLOP) {
                        self.at += 1;
                        slop = self.at + 1 < self.end;
                    }
                    break;
                }
            }
            escaped = false;
            text.push(character);
            self.at += 1;
        }
        if self.at == self.end {
            self.at = start;
        } else if self.at == start {
            self.all = None;
            self.at += 1;
        } else {
            let slop = if slop {
                self.amount()
            } else {
                self.at += 1;
                0
            };
            self.add(Some(Node::Phrase { field: None, text, slop: Some(slop) }));
        }
    }

    fn token(&mut self) {
        let (mut text, mut escaped, mut prefix, mut fuzzy) = (String::new(), false, false, false);
        while self.at < self.end {
            if !escaped {
                if self.is('\\', Operators::ESCAPE) {
                    escaped = true;
                    prefix = false;
                    self.at += 1;
                    continue;
                }
                if self.token_ends() {
                    break;
                }
                if !text.is_empty() && self.is('~', Operators::FUZZY) {
                    fuzzy = true;
                    break;
                }
                prefix = !text.is_empty() && self.is('*', Operators::PREFIX);
            }
            escaped = false;
            text.push(self.text[self.at]);
            self.at += 1;
        }
        if text.is_empty() {
            return;
        }
        let edits = if fuzzy { self.amount().min(2) } else { 0 };
        let field = None;
        self.add(Some(if edits > 0 {
            Node::Fuzzy { field, text, fuzziness: Fuzziness::Edits(edits as u8) }
        } else if prefix {
            text.pop();
            Node::Prefix { field, start: text }
        } else {
            Node::Words { field, text }
        }));
    }

    fn token_ends(&self) -> bool {
        self.is('"', Operators::PHRASE)
            || self.is('|', Operators::OR)
            || self.is('+', Operators::AND)
            || self.is('(', Operators::PRECEDENCE)
            || self.is(')', Operators::PRECEDENCE)
            || self.is_space()
    }

    /// The number after `~`: 2 if there is none, 0 if it is no number.
    fn amount(&mut self) -> u32 {
        self.at += 1;
        let start = self.at;
        while self.at < self.end && !self.token_ends() {
            self.at += 1;
        }
        let digits: String = self.text[start..self.at].iter().collect();
        if digits.is_empty() {
            2
        } else {
            digits.parse::<i32>().map_or(0, |amount| amount.max(0).unsigned_abs())
        }
    }

    /// Joins the next piece to what is there.
    fn add(&mut self, node: Option<Node>) {
        let Some(mut node) = node else { return };
        if self.not % 2 == 1 {
            node = Node::Without(Box::new(node));
        }
        let all = self.all.take().unwrap_or(self.default_and);
        self.top = Some(match self.top.take() {
            None => node,
            Some(Node::Joined { mut nodes, .. }) if self.previous == Some(all) => {
                nodes.push(node);
                self.previous = Some(all);
                Node::Joined { all, nodes }
            }
            Some(top) => {
                self.previous = Some(all);
                Node::Joined { all, nodes: vec![top, node] }
            }
        });
    }
}
