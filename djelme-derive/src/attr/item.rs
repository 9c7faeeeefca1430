//! The grammar of `#[djelme(..)]`: `key`, `key = value` and `key(..)`, between commas.
//!
//! Each entry is parsed by itself, so that a mistake in one hides none in the others.

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::{Ident, Lit, LitBool, LitFloat, LitInt, LitStr, Token, bracketed, parenthesized, token};

use crate::ctxt::Ctxt;

/// One entry between the commas.
pub(crate) struct Item {
    /// The key; dotted for settings (`index.codec`), or the content of a string.
    pub(crate) key: String,
    /// The last identifier of the key; `None` for a string.
    pub(crate) ident: Option<Ident>,
    /// Where the key stands.
    pub(crate) span: Span,
    /// What follows the key.
    pub(crate) form: Form,
}

/// What follows a key.
pub(crate) enum Form {
    /// `key`
    Bare,
    /// `key = value`
    Value(Value),
    /// `key = name` or `key = name(..)`, as sub-fields are written.
    Named(Box<Item>),
    /// `key(..)`
    List(TokenStream),
    /// Anything else.
    Malformed,
}

/// The value after a `=`.
pub(crate) struct Value {
    pub(crate) span: Span,
    pub(crate) kind: ValueKind,
}

/// The kinds of values.
pub(crate) enum ValueKind {
    Bool(bool),
    Str(LitStr),
    /// A whole number, perhaps below zero.
    Int {
        negative: bool,
        literal: LitInt,
    },
    /// A number with a fraction.
    Float {
        negative: bool,
        literal: LitFloat,
    },
    /// `[a, b]`
    Array(Vec<Value>),
    /// `(key = value, ..)` in an array.
    Object(TokenStream),
}

/// The entries of a list. What cannot be read as an entry at all is reported here.
pub(crate) fn items(tokens: TokenStream, cx: &Ctxt) -> Vec<Item> {
    let mut items = Vec::new();
    let mut piece = TokenStream::new();
    let mut read = |piece: TokenStream| match syn::parse2::<Item>(piece) {
        Ok(item) => items.push(item),
        Err(error) => {
            cx.error_at(error.span(), "no key stands here: write `key`, `key = value` or `key(..)`");
        }
    };
    for token in tokens {
        match &token {
            TokenTree::Punct(punct) if punct.as_char() == ',' => {
                if piece.is_empty() {
                    cx.error(&token, "nothing stands before this `,`: remove it");
                } else {
                    read(std::mem::take(&mut piece));
                }
            }
            _ => piece.extend([token]),
        }
    }
    if !piece.is_empty() {
        read(piece);
    }
    items
}

impl Parse for Item {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let (key, ident, span) = if input.peek(LitStr) {
            let key: LitStr = input.parse()?;
            (key.value(), None, key.span())
        } else {
            let mut ident = input.call(Ident::parse_any)?;
            let span = ident.span();
            let mut key = ident.unraw().to_string();
            while input.peek(Token![.]) {
                input.parse::<Token![.]>()?;
                ident = input.call(Ident::parse_any)?;
                key = format!("{key}.{}", ident.unraw());
            }
            (key, Some(ident), span)
        };
        Ok(Self { key, ident, span, form: form(input)? })
    }
}

fn form(input: ParseStream<'_>) -> syn::Result<Form> {
    if input.is_empty() {
        return Ok(Form::Bare);
    }
    let ahead = input.fork();
    if well_formed(&ahead).is_ok() && ahead.is_empty() {
        return well_formed(input);
    }
    input.parse::<TokenStream>()?;
    Ok(Form::Malformed)
}

fn well_formed(input: ParseStream<'_>) -> syn::Result<Form> {
    if input.peek(token::Paren) {
        let content;
        parenthesized!(content in input);
        return Ok(Form::List(content.parse()?));
    }
    input.parse::<Token![=]>()?;
    if input.peek(Ident::peek_any) && !input.peek(LitBool) {
        return Ok(Form::Named(Box::new(input.parse()?)));
    }
    Ok(Form::Value(input.parse()?))
}

impl Parse for Value {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let span = input.span();
        if input.peek(token::Bracket) {
            let content;
            bracketed!(content in input);
            let values = content.parse_terminated(Self::parse, Token![,])?;
            return Ok(Self { span, kind: ValueKind::Array(values.into_iter().collect()) });
        }
        if input.peek(token::Paren) {
            let content;
            parenthesized!(content in input);
            return Ok(Self { span, kind: ValueKind::Object(content.parse()?) });
        }
        let negative = input.parse::<Option<Token![-]>>()?.is_some();
        let literal: Lit = input.parse()?;
        let kind = match literal {
            Lit::Int(literal) => ValueKind::Int { negative, literal },
            Lit::Float(literal) => ValueKind::Float { negative, literal },
            Lit::Bool(literal) if !negative => ValueKind::Bool(literal.value),
            Lit::Str(literal) if !negative => ValueKind::Str(literal),
            other => return Err(syn::Error::new_spanned(other, "expected a string, number, bool or array")),
        };
        Ok(Self { span, kind })
    }
}
