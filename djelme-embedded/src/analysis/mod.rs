//! Analysis: from text to the terms that are indexed and searched, as Elasticsearch's analyzers make them.

mod class;
mod definition;
mod filter;
mod folding;
mod parts;
mod settings;
mod standard;
mod stemmer;
mod tokenizer;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

use tantivy::tokenizer::{TextAnalyzer, Token, TokenizerManager};

use crate::error::Refusal;
use filter::Filter;
use tokenizer::Split;

/// A gap between the values of a field that has several, so that no phrase spans two of them.
pub(crate) const POSITION_GAP: usize = 100;

/// A tokenizer and what is done to its tokens.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Analyzer {
    split: Split,
    filters: Vec<Filter>,
}

/// The analyzers and normalizers of an index, by name.
#[derive(Debug, Clone, Default)]
pub(crate) struct Analyzers {
    analyzers: BTreeMap<String, Arc<Analyzer>>,
    normalizers: BTreeMap<String, Arc<Analyzer>>,
}

/// Tokens, in buffers that are used again.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tokens {
    tokens: Vec<Token>,
    length: usize,
    /// The position after the last token, the holes at the end included.
    end: usize,
}

impl Analyzer {
    /// Appends the tokens of the text, in the order of their positions.
    pub(crate) fn analyze(&self, text: &str, tokens: &mut Tokens) {
        tokens.clear();
        self.split.split(text, tokens);
        for filter in &self.filters {
            filter.apply(tokens);
        }
    }

    /// The text with the letters changed as in tokens, nothing split or dropped.
    pub(crate) fn fold(&self, text: &str) -> String {
        let mut tokens = Tokens::default();
        tokens.single(text);
        for filter in self.filters.iter().filter(|filter| filter.changes_letters()) {
            filter.apply(&mut tokens);
        }
        tokens.iter().map(|token| token.text.as_str()).collect()
    }

    /// The text as one value, as a normalizer leaves it.
    pub(crate) fn normalize(&self, text: &str) -> String {
        let mut tokens = Tokens::default();
        self.analyze(text, &mut tokens);
        tokens.iter().map(|token| token.text.as_str()).collect()
    }
}

impl Analyzers {
    /// The analyzer of this name, of the settings or one of Elasticsearch's own.
    pub(crate) fn analyzer(&self, name: &str) -> Result<Option<Arc<Analyzer>>, Refusal> {
        if let Some(found) = self.analyzers.get(name) {
            return Ok(Some(Arc::clone(found)));
        }
        parts::built_in(name).map(|found| found.map(Arc::new))
    }

    /// The analyzer of queries on fields that name none.
    pub(crate) fn default_search(&self) -> String {
        let own = self.analyzers.contains_key("default_search");
        if own { "default_search" } else { "default" }.to_owned()
    }

    /// The normalizer of this name.
    pub(crate) fn normalizer(&self, name: &str) -> Option<Arc<Analyzer>> {
        if let Some(found) = self.normalizers.get(name) {
            return Some(Arc::clone(found));
        }
        let lowercase = Analyzer { split: Split::Keyword, filters: vec![Filter::Lowercase] };
        (name == "lowercase").then(|| Arc::new(lowercase))
    }
}

impl Tokens {
    pub(crate) fn clear(&mut self) {
        self.length = 0;
        self.end = 0;
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Token> {
        self.tokens[..self.length].iter()
    }

    /// The position after the last token, with the holes that dropped tokens leave at the end.
    pub(crate) fn end(&self) -> usize {
        self.end
    }

    /// The text as one token, an empty one too.
    pub(crate) fn single(&mut self, text: &str) {
        self.clear();
        self.push(text, 0, 0);
    }

    /// Adds a token, its text to be changed by filters.
    fn push(&mut self, text: &str, from: usize, position: usize) {
        if self.length == self.tokens.len() {
            self.tokens.push(Token::default());
        }
        let token = &mut self.tokens[self.length];
        token.text.clear();
        token.text.push_str(text);
        token.offset_from = from;
        token.offset_to = from + text.len();
        token.position = position;
        token.position_length = 1;
        self.length += 1;
        self.end = position + 1;
    }

    fn each(&mut self, mut change: impl FnMut(&mut String)) {
        self.tokens[..self.length].iter_mut().for_each(|token| change(&mut token.text));
    }

    /// Keeps some of the tokens; the others leave holes.
    fn retain(&mut self, mut keep: impl FnMut(&str) -> bool) {
        let mut kept = 0;
        for at in 0..self.length {
            if keep(&self.tokens[at].text) {
                self.tokens.swap(kept, at);
                kept += 1;
            }
        }
        self.length = kept;
    }

    /// Keeps the first so many tokens.
    fn limit(&mut self, most: usize) {
        if most < self.length {
            self.length = most;
            self.end = self.iter().last().map_or(0, |token| token.position + 1);
        }
    }
}

/// The analyzer as tantivy takes it.
#[derive(Debug, Clone)]
struct Adapter {
    analyzer: Arc<Analyzer>,
    tokens: Tokens,
}

struct Stream<'a> {
    tokens: &'a mut Tokens,
    /// One past the token that is shown.
    at: usize,
}

impl tantivy::tokenizer::Tokenizer for Adapter {
    type TokenStream<'a> = Stream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Stream<'a> {
        self.analyzer.analyze(text, &mut self.tokens);
        Stream { tokens: &mut self.tokens, at: 0 }
    }
}

impl tantivy::tokenizer::TokenStream for Stream<'_> {
    fn advance(&mut self) -> bool {
        let there = self.at < self.tokens.length;
        self.at += usize::from(there);
        there
    }

    fn token(&self) -> &Token {
        &self.tokens.tokens[self.at.saturating_sub(1)]
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.tokens.tokens[self.at.saturating_sub(1)]
    }
}

/// Registers analyzers under the names that a table's schema has.
pub(crate) fn register<'a>(
    manager: &TokenizerManager,
    analyzers: impl Iterator<Item = (&'a str, &'a Arc<Analyzer>)>,
) {
    for (name, analyzer) in analyzers {
        let adapter = Adapter { analyzer: Arc::clone(analyzer), tokens: Tokens::default() };
        manager.register(name, TextAnalyzer::from(adapter));
    }
}
