//! The cell of one key: its value, where it stands, and that it stands only once.

use proc_macro2::Span;

use crate::ctxt::Ctxt;

/// The value of a key, if it was given.
pub(crate) struct Attr<T> {
    given: Option<Given<T>>,
}

struct Given<T> {
    span: Span,
    /// `None` when the value was malformed; that is reported already.
    value: Option<T>,
}

impl<T> Attr<T> {
    pub(crate) fn none() -> Self {
        Self { given: None }
    }

    /// Takes the value of `key`; a second one is a mistake.
    pub(crate) fn set(&mut self, cx: &Ctxt, key: &str, span: Span, value: Option<T>) {
        if self.given.is_some() {
            cx.error_at(span, format!("`{key}` is given twice: keep one"));
        } else {
            self.given = Some(Given { span, value });
        }
    }

    /// The value, unless it is missing or malformed.
    pub(crate) fn get(&self) -> Option<&T> {
        self.given.as_ref()?.value.as_ref()
    }

    /// Where the key stands, if it was given at all.
    pub(crate) fn span(&self) -> Option<Span> {
        Some(self.given.as_ref()?.span)
    }

    /// Whether the key was given, in whatever form.
    pub(crate) fn is_given(&self) -> bool {
        self.given.is_some()
    }
}
