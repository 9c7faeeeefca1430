//! Values that a query on a field accepts.

use serde::Serialize;

/// `Self` may be compared with a field of the Rust type `T`: `15` with an `Option<i32>`, `"UA"` with a `String`.
///
/// A trait of its own instead of `Into<T>`, because with `Into` a plain `500` would not fit a `u32` field.
#[diagnostic::on_unimplemented(
    message = "a `{T}` field cannot be compared with a `{Self}`",
    label = "wrong value type",
    note = "pass the field's own type, or implement `QueryValue<{T}>` for `{Self}`"
)]
pub trait QueryValue<T: ?Sized>: Serialize {}
