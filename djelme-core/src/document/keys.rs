//! The names of a document's top level: each must be a field of the record type, and come once.

use std::marker::PhantomData;

use serde::Serialize;
use serde::ser::{Impossible, Serializer};

use super::place::{Place, Segment};
use crate::record_type::RESERVED_PREFIX;

/// Follows the keys of a document through the fields of its type.
#[derive(Default)]
pub(super) struct KeyCursor {
    /// The field that comes next if the record writes its fields in the order of declaration.
    next: usize,
    seen: Seen,
}

impl KeyCursor {
    /// The position of a key among the fields; refused unless it is there and comes for the first time.
    #[inline]
    pub(super) fn check<E: serde::ser::Error>(&mut self, at: &Place<'_>, key: &str) -> Result<usize, E> {
        let expected = at.fields().own().get(self.next).is_some_and(|field| *field.name == *key);
        let position = if expected { self.next } else { self.search(at, key)? };
        if !self.seen.insert(position) {
            return Err(at.below(Segment::Name(key)).refuse("the record writes this key twice"));
        }
        self.next = position + 1;
        Ok(position)
    }

    /// Fields that are left out make the next one lie further on, so the search starts there.
    fn search<E: serde::ser::Error>(&self, at: &Place<'_>, key: &str) -> Result<usize, E> {
        let own = at.fields().own();
        let is_it = |position: &usize| own.get(*position).is_some_and(|field| *field.name == *key);
        let found = (self.next..own.len()).find(is_it).or_else(|| (0..self.next).find(is_it));
        found.ok_or_else(|| at.below(Segment::Name(key)).refuse(why_unknown(at, key)))
    }
}

#[cold]
fn why_unknown(at: &Place<'_>, key: &str) -> String {
    let fields = at.fields();
    if fields.envelope().contains(&key) {
        "djelme writes this field itself, so the record must not".to_owned()
    } else if key.starts_with(RESERVED_PREFIX) {
        format!("names that begin with `{RESERVED_PREFIX}` are reserved")
    } else {
        format!(
            "the mapping of `{}` has no such field; what `Serialize` writes must be what the derive sees",
            fields.record_type().rust_name
        )
    }
}

/// A set of positions. Beyond [`Seen::INLINE`], which is above Elasticsearch's default limit of 1,000 fields, it
/// allocates.
#[derive(Default)]
struct Seen {
    inline: [u64; Self::INLINE / 64],
    more: Vec<u64>,
}

impl Seen {
    const INLINE: usize = 1024;

    /// Adds a position; `false` if it was there.
    #[inline]
    fn insert(&mut self, position: usize) -> bool {
        let (word, bit) = (position / 64, 1 << (position % 64));
        let word = match self.inline.get_mut(word) {
            Some(word) => word,
            None => self.far(word - Self::INLINE / 64),
        };
        let new = *word & bit == 0;
        *word |= bit;
        new
    }

    #[cold]
    fn far(&mut self, word: usize) -> &mut u64 {
        if self.more.len() <= word {
            self.more.resize(word + 1, 0);
        }
        &mut self.more[word]
    }
}

/// Reads the key of a map entry and gives its position.
pub(super) struct KeySerializer<'k, E> {
    cursor: &'k mut KeyCursor,
    at: &'k Place<'k>,
    error: PhantomData<E>,
}

impl<'k, E: serde::ser::Error> KeySerializer<'k, E> {
    pub(super) fn new(cursor: &'k mut KeyCursor, at: &'k Place<'k>) -> Self {
        Self { cursor, at, error: PhantomData }
    }

    fn not_a_string<T>(self) -> Result<T, E> {
        Err(self.at.refuse("the keys of a record are strings, and one is something else"))
    }
}

macro_rules! refuse {
    ($($method:ident($($value:ty),*) $(-> $compound:ident)?)*) => { $(
        fn $method(self $(, _: $value)*) -> refuse!(@ok $($compound)?) { self.not_a_string() }
    )* };
    (@ok) => { Result<usize, E> };
    (@ok $compound:ident) => { Result<Self::$compound, E> };
}

impl<E: serde::ser::Error> Serializer for KeySerializer<'_, E> {
    type Ok = usize;
    type Error = E;
    type SerializeSeq = Impossible<usize, E>;
    type SerializeTuple = Impossible<usize, E>;
    type SerializeTupleStruct = Impossible<usize, E>;
    type SerializeTupleVariant = Impossible<usize, E>;
    type SerializeMap = Impossible<usize, E>;
    type SerializeStruct = Impossible<usize, E>;
    type SerializeStructVariant = Impossible<usize, E>;

    #[inline]
    fn serialize_str(self, key: &str) -> Result<usize, E> {
        self.cursor.check(self.at, key)
    }

    fn serialize_char(self, key: char) -> Result<usize, E> {
        self.cursor.check(self.at, key.encode_utf8(&mut [0; 4]))
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<usize, E> {
        self.cursor.check(self.at, variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<usize, E> {
        value.serialize(self)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, _: &T) -> Result<usize, E> {
        self.not_a_string()
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<usize, E> {
        self.not_a_string()
    }

    refuse! {
        serialize_bool(bool) serialize_i8(i8) serialize_i16(i16) serialize_i32(i32) serialize_i64(i64)
        serialize_u8(u8) serialize_u16(u16) serialize_u32(u32) serialize_u64(u64) serialize_f32(f32)
        serialize_f64(f64) serialize_bytes(&[u8]) serialize_none() serialize_unit()
        serialize_unit_struct(&'static str)
        serialize_seq(Option<usize>) -> SerializeSeq
        serialize_tuple(usize) -> SerializeTuple
        serialize_tuple_struct(&'static str, usize) -> SerializeTupleStruct
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> SerializeTupleVariant
        serialize_map(Option<usize>) -> SerializeMap
        serialize_struct(&'static str, usize) -> SerializeStruct
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> SerializeStructVariant
    }
}
