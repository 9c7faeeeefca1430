//! Lucene's classic query syntax.

use super::token::{Token, tokens, unescape};
use super::{Clause, Conjunction, Modifier, Node, Problem};
use crate::query::ast::Fuzziness;

/// How deep parentheses may nest here.
const MAX_DEPTH: usize = 30;

/// Reads a query; `None` if it is blank. `leading_wildcards`: whether a word may begin with one.
pub(crate) fn parse(text: &str, leading_wildcards: bool) -> Result<Option<Node>, Problem> {
    let mut parser = Parser { tokens: tokens(text)?, at: 0, depth: 0 };
    let leads = |token: &Token| matches!(token, Token::Wildcard(word) if word.starts_with(['*', '?']));
    if !leading_wildcards && parser.tokens.iter().any(leads) {
        return Err(Problem::Malformed);
    }
    if parser.tokens.is_empty() {
        return Ok(None);
    }
    let node = parser.query(None)?;
    if parser.at < parser.tokens.len() { Err(Problem::Malformed) } else { Ok(Some(node)) }
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn take(&mut self, wanted: &Token) -> bool {
        let found = self.peek() == Some(wanted);
        self.at += usize::from(found);
        found
    }

    fn query(&mut self, field: Option<&str>) -> Result<Node, Problem> {
        let mut clauses = Vec::new();
        while !matches!(self.peek(), None | Some(Token::Close)) || clauses.is_empty() {
            if let Some(text) = self.words()? {
                let node = Node::Words { field: field.map(str::to_owned), text };
                let (conjunction, modifier) = (Conjunction::None, Modifier::None);
                clauses.push(Clause { conjunction, modifier, node, words: true });
                continue;
            }
            let conjunction = if clauses.is_empty() { Conjunction::None } else { self.conjunction() };
            let modifier = self.modifier();
            let node = self.clause(field)?;
            clauses.push(Clause { conjunction, modifier, node, words: false });
        }
        Ok(match clauses.as_mut_slice() {
            [Clause { modifier: Modifier::None, words: false, .. }] => match clauses.pop() {
                Some(only) => only.node,
                None => return Err(Problem::Malformed),
            },
            _ => Node::Clauses(clauses),
        })
    }

    /// Two words or more with no operators between them.
    fn words(&mut self) -> Result<Option<String>, Problem> {
        let Some(Token::Term(first)) = self.peek() else { return Ok(None) };
        let mut text = first.clone();
        let mut end = self.at + 1;
        while let Some(Token::Term(next)) = self.tokens.get(end)
            && self.is_plain_before(end + 1)
        {
            text.push(' ');
            text.push_str(next);
            end += 1;
        }
        if end == self.at + 1 {
            return Ok(None);
        }
        self.at = end;
        unescape(&text).map(Some)
    }

    /// Whether a word before this token is one of several in a row.
    fn is_plain_before(&self, at: usize) -> bool {
        !matches!(
            self.tokens.get(at),
            Some(Token::Colon | Token::Boost(_) | Token::Fuzzy(_) | Token::Star | Token::And | Token::Or)
        )
    }

    fn conjunction(&mut self) -> Conjunction {
        if self.take(&Token::And) {
            Conjunction::And
        } else if self.take(&Token::Or) {
            Conjunction::Or
        } else {
            Conjunction::None
        }
    }

    fn modifier(&mut self) -> Modifier {
        if self.take(&Token::Plus) {
            Modifier::Must
        } else if self.take(&Token::Minus) || self.take(&Token::Not) {
            Modifier::Not
        } else {
            Modifier::None
        }
    }

    fn clause(&mut self, field: Option<&str>) -> Result<Node, Problem> {
        let named = match (self.peek(), self.tokens.get(self.at + 1)) {
            (Some(Token::Term(name)), Some(Token::Colon)) => Some(unescape(name)?),
            (Some(Token::Star), Some(Token::Colon)) => Some("*".to_owned()),
            _ => None,
        };
        if named.is_some() {
            self.at += 2;
        }
        let field = named.as_deref().or(field);
        if !self.take(&Token::Open) {
            return self.term(field);
        }
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Problem::Unsupported("parentheses within each other more than 30 times"));
        }
        let inner = self.query(field)?;
        self.depth -= 1;
        if !self.take(&Token::Close) {
            return Err(Problem::Malformed);
        }
        Ok(match self.boost() {
            Some(boost) => Node::Boost(Box::new(inner), boost),
            None => inner,
        })
    }

    fn boost(&mut self) -> Option<f32> {
        let Some(&Token::Boost(boost)) = self.peek() else { return None };
        self.at += 1;
        Some(boost)
    }

    fn fuzzy(&mut self) -> Option<String> {
        let Some(Token::Fuzzy(amount)) = self.peek() else { return None };
        let amount = amount.clone();
        self.at += 1;
        Some(amount)
    }

    fn term(&mut self, field: Option<&str>) -> Result<Node, Problem> {
        let token = self.peek().cloned().ok_or(Problem::Malformed)?;
        self.at += 1;
        // In either order.
        let (boost, fuzzy) = (self.boost(), self.fuzzy());
        let boost = boost.or_else(|| self.boost());
        let field = field.map(str::to_owned);
        let fuzzy_is_slop = matches!(token, Token::Quoted(_));
        let node = match token {
            Token::Term(text) if fuzzy.is_some() => {
                let fuzziness = fuzziness(fuzzy.as_deref())?;
                Node::Fuzzy { field, text: unescape(&text)?, fuzziness }
            }
            Token::Term(text) => Node::Words { field, text: unescape(&text)? },
            Token::Quoted(text) => {
                Node::Phrase { field, text: unescape(&text)?, slop: fuzzy.as_deref().map(slop).transpose()? }
            }
            Token::Star => Node::Wildcard { field, pattern: "*".to_owned() },
            Token::Prefix(text) => Node::Prefix { field, start: unescape(&text)? },
            Token::Wildcard(pattern) => Node::Wildcard { field, pattern },
            Token::Regexp(pattern) => Node::Regexp { field, pattern },
            Token::Range { from, until } => {
                Node::Range { field, from: range_end(from), until: range_end(until) }
            }
            _ => return Err(Problem::Malformed),
        };
        if fuzzy.is_some() && !fuzzy_is_slop && !matches!(node, Node::Fuzzy { .. }) {
            return Err(Problem::Unsupported("[~] after anything but a word or a phrase"));
        }
        Ok(match boost {
            Some(boost) => Node::Boost(Box::new(node), boost),
            None => node,
        })
    }
}

/// An end of a range; `*` is an open one.
fn range_end((text, included): (String, bool)) -> Option<(String, bool)> {
    (text != "*").then_some((text, included))
}

fn fuzziness(amount: Option<&str>) -> Result<Fuzziness, Problem> {
    match amount {
        None | Some("") => Ok(Fuzziness::DEFAULT),
        Some("0") => Ok(Fuzziness::Edits(0)),
        Some("1") => Ok(Fuzziness::Edits(1)),
        Some("2") => Ok(Fuzziness::Edits(2)),
        Some(_) => Err(Problem::Unsupported("[~] with another number than 0, 1 or 2")),
    }
}

fn slop(amount: &str) -> Result<u32, Problem> {
    if amount.is_empty() {
        return Err(Problem::Unsupported("[~] after a phrase without a number"));
    }
    // A fraction is cut.
    let whole = amount.split('.').next().unwrap_or_default();
    whole.parse().map_err(|_| Problem::Malformed)
}
