//! Elasticsearch's analyzers, tokenizers and filters by name, and what their parameters mean.

use super::Analyzer;
use super::definition::Definition;
use super::filter::Filter;
use super::tokenizer::{CharacterClass, Grams, PathHierarchy, Split};
use crate::error::Refusal;

const MAX_TOKEN: usize = 255;
/// Elasticsearch's limit on the pieces that `ngram` makes of one length more than another.
const MAX_GRAM_DIFFERENCE: usize = 1;

/// Elasticsearch's own analyzers.
pub(super) fn built_in(name: &str) -> Result<Option<Analyzer>, Refusal> {
    let of = |split, filters: Vec<Filter>| Ok(Some(Analyzer { split, filters }));
    match name {
        "standard" | "default" => of(Split::Standard { most: MAX_TOKEN }, vec![Filter::Lowercase]),
        "simple" => of(Split::Letter, vec![Filter::Lowercase]),
        "whitespace" => of(Split::Whitespace { most: MAX_TOKEN }, Vec::new()),
        "keyword" => of(Split::Keyword, Vec::new()),
        "stop" => of(Split::Letter, vec![Filter::Lowercase, Filter::english_stop()]),
        "english" => of(Split::Standard { most: MAX_TOKEN }, english(Filter::english_stop())),
        _ if FOREIGN_ANALYZERS.contains(&name) => {
            Err(Refusal::unsupported(format_args!("the analyzer [{name}]")))
        }
        _ => Ok(None),
    }
}

fn english(stop: Filter) -> Vec<Filter> {
    vec![Filter::PossessiveEnglish, Filter::Lowercase, stop, Filter::PorterStem]
}

/// Analyzers of Elasticsearch that the engine has not.
const FOREIGN_ANALYZERS: [&str; 37] = [
    "arabic",
    "armenian",
    "basque",
    "bengali",
    "brazilian",
    "bulgarian",
    "catalan",
    "chinese",
    "cjk",
    "czech",
    "danish",
    "dutch",
    "estonian",
    "fingerprint",
    "finnish",
    "french",
    "galician",
    "german",
    "greek",
    "hindi",
    "hungarian",
    "indonesian",
    "irish",
    "italian",
    "latvian",
    "lithuanian",
    "norwegian",
    "pattern",
    "persian",
    "portuguese",
    "romanian",
    "russian",
    "serbian",
    "snowball",
    "sorani",
    "spanish",
    "swedish",
];

/// An analyzer of Elasticsearch with parameters.
pub(super) fn configured(mut definition: Definition<'_>) -> Result<Analyzer, Refusal> {
    let split = |definition: &mut Definition<'_>| -> Result<Split, Refusal> {
        Ok(Split::Standard { most: definition.positive("max_token_length", MAX_TOKEN)? })
    };
    let made = match definition.of.as_str() {
        "standard" => {
            let split = split(&mut definition)?;
            let mut filters = vec![Filter::Lowercase];
            filters.extend(definition.stop_words(None)?);
            Analyzer { split, filters }
        }
        "stop" => {
            let stop = definition.stop_words(Some(Filter::english_stop()))?;
            Analyzer { split: Split::Letter, filters: [Filter::Lowercase].into_iter().chain(stop).collect() }
        }
        "english" => {
            let stop = definition.stop_words(Some(Filter::english_stop()))?;
            let none = Filter::Stop { words: Vec::new(), ignore_case: false };
            Analyzer { split: Split::Standard { most: MAX_TOKEN }, filters: english(stop.unwrap_or(none)) }
        }
        "simple" | "whitespace" | "keyword" => match built_in(&definition.of)? {
            Some(analyzer) => analyzer,
            None => return Err(definition.unknown()),
        },
        _ => return Err(definition.unknown()),
    };
    definition.finish()?;
    Ok(made)
}

pub(super) fn built_in_tokenizer(name: &str) -> Result<Option<Split>, Refusal> {
    Ok(Some(match name {
        "standard" => Split::Standard { most: MAX_TOKEN },
        "keyword" => Split::Keyword,
        "whitespace" => Split::Whitespace { most: MAX_TOKEN },
        "letter" => Split::Letter,
        "lowercase" => Split::Lowercase,
        "path_hierarchy" | "PathHierarchy" => {
            Split::PathHierarchy(PathHierarchy { delimiter: '/', replacement: '/', skip: 0, reverse: false })
        }
        "ngram" => Split::Grams(Grams { least: 1, most: 2, edge: false, within: Vec::new() }),
        "edge_ngram" => Split::Grams(Grams { least: 1, most: 2, edge: true, within: Vec::new() }),
        "pattern"
        | "uax_url_email"
        | "classic"
        | "thai"
        | "simple_pattern"
        | "simple_pattern_split"
        | "char_group" => {
            return Err(Refusal::unsupported(format_args!("the tokenizer [{name}]")));
        }
        _ => return Ok(None),
    }))
}

pub(super) fn tokenizer(mut definition: Definition<'_>) -> Result<Split, Refusal> {
    let made = match definition.of.as_str() {
        "standard" => Split::Standard { most: definition.positive("max_token_length", MAX_TOKEN)? },
        "whitespace" => Split::Whitespace { most: definition.positive("max_token_length", MAX_TOKEN)? },
        "keyword" => {
            // A size of buffers, which changes no token.
            definition.whole("buffer_size", 256)?;
            Split::Keyword
        }
        "path_hierarchy" | "PathHierarchy" => {
            definition.whole("buffer_size", 1024)?;
            let delimiter = definition.character("delimiter", '/')?;
            Split::PathHierarchy(PathHierarchy {
                delimiter,
                replacement: definition.character("replacement", delimiter)?,
                skip: definition.whole("skip", 0)?,
                reverse: definition.boolean("reverse")?,
            })
        }
        "ngram" | "edge_ngram" => grams(&mut definition)?,
        "letter" => Split::Letter,
        "lowercase" => Split::Lowercase,
        _ => return Err(definition.unknown()),
    };
    definition.finish()?;
    Ok(made)
}

fn grams(definition: &mut Definition<'_>) -> Result<Split, Refusal> {
    let edge = definition.of == "edge_ngram";
    let least = definition.positive("min_gram", 1)?;
    let most = definition.positive("max_gram", 2)?;
    if least > most {
        return Err(Refusal::illegal("minGram must not be greater than maxGram"));
    }
    if !edge && most - least > MAX_GRAM_DIFFERENCE {
        return Err(Refusal::illegal(format!(
            "The difference between max_gram and min_gram in NGram Tokenizer must be less than or equal to: \
             [{MAX_GRAM_DIFFERENCE}] but was [{}]. This limit can be set by changing the [index.max_ngram_diff] index \
             level setting.",
            most - least
        )));
    }
    let mut within = Vec::new();
    for name in definition.strings("token_chars") {
        within.push(match name.trim().to_lowercase().as_str() {
            "letter" => CharacterClass::Letter,
            "digit" => CharacterClass::Digit,
            "whitespace" => CharacterClass::Whitespace,
            "punctuation" => CharacterClass::Punctuation,
            "symbol" => CharacterClass::Symbol,
            _ => return Err(Refusal::unsupported(format_args!("[token_chars: {name}] of a tokenizer"))),
        });
    }
    Ok(Split::Grams(Grams { least, most, edge, within }))
}

pub(super) fn built_in_filter(name: &str) -> Result<Option<Filter>, Refusal> {
    Ok(Some(match name {
        "lowercase" => Filter::Lowercase,
        "uppercase" => Filter::Uppercase,
        "asciifolding" => Filter::AsciiFolding,
        "stop" => Filter::english_stop(),
        "trim" => Filter::Trim,
        "reverse" => Filter::Reverse,
        "unique" => Filter::Unique,
        "porter_stem" | "stemmer" => Filter::PorterStem,
        "length" => Filter::Length { least: 0, most: usize::MAX },
        "limit" => Filter::Limit(1),
        "truncate" => Filter::Truncate(10),
        _ if FOREIGN_FILTERS.contains(&name) => {
            return Err(Refusal::unsupported(format_args!("the filter [{name}]")));
        }
        _ => return Ok(None),
    }))
}

/// Filters of Elasticsearch that the engine has not.
const FOREIGN_FILTERS: [&str; 34] = [
    "apostrophe",
    "arabic_normalization",
    "bengali_normalization",
    "cjk_bigram",
    "cjk_width",
    "classic",
    "common_grams",
    "condition",
    "czech_stem",
    "decimal_digit",
    "delimited_payload",
    "dutch_stem",
    "edge_ngram",
    "elision",
    "fingerprint",
    "flatten_graph",
    "french_stem",
    "german_normalization",
    "hunspell",
    "keep",
    "keep_types",
    "keyword_marker",
    "keyword_repeat",
    "kstem",
    "min_hash",
    "multiplexer",
    "ngram",
    "pattern_replace",
    "shingle",
    "snowball",
    "synonym",
    "synonym_graph",
    "word_delimiter",
    "word_delimiter_graph",
];

pub(super) fn filter(mut definition: Definition<'_>) -> Result<Filter, Refusal> {
    let made = match definition.of.as_str() {
        "asciifolding" => {
            definition.only_false("preserve_original")?;
            Filter::AsciiFolding
        }
        "stop" => definition.stop_filter()?,
        "length" => {
            Filter::Length { least: definition.whole("min", 0)?, most: definition.whole("max", usize::MAX)? }
        }
        "truncate" => Filter::Truncate(definition.positive("length", 10)?),
        "limit" => {
            definition.boolean("consume_all_tokens")?;
            Filter::Limit(definition.positive("max_token_count", 1)?)
        }
        "unique" => {
            definition.only_false("only_on_same_position")?;
            Filter::Unique
        }
        "stemmer" => {
            let language = definition.string("language").or_else(|| definition.string("name"));
            match language.as_deref().unwrap_or("porter") {
                "english" | "porter" => Filter::PorterStem,
                "possessive_english" => Filter::PossessiveEnglish,
                other => return Err(Refusal::unsupported(format_args!("the stemmer of [{other}]"))),
            }
        }
        name => match built_in_filter(name)? {
            Some(filter) => filter,
            None => return Err(definition.unknown()),
        },
    };
    definition.finish()?;
    Ok(made)
}
