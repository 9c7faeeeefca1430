//! The adapter for the document itself: one object, whose keys are fields of the record type.
//!
//! It writes the object's frame itself, with keys that were escaped once and for all; the values go through
//! [`ValueSerializer`] to `serde_json`.

use serde::Serialize;
use serde::ser::{Impossible, SerializeMap, SerializeStruct, Serializer};
use serde_json::Error;

use super::keys::{KeyCursor, KeySerializer};
use super::place::{Place, Segment};
use super::serializer::ValueSerializer;

/// Takes an object and nothing else, and leaves it open: without its closing brace.
pub(super) struct TopLevel<'a> {
    pub(super) out: &'a mut Vec<u8>,
    pub(super) at: &'a Place<'a>,
}

impl<'a> TopLevel<'a> {
    fn object(self) -> TopObject<'a> {
        self.out.push(b'{');
        TopObject { out: self.out, at: self.at, keys: KeyCursor::default(), key: None }
    }

    fn not_an_object<T>(&self, found: &str) -> Result<T, Error> {
        Err(self.at.refuse(format!("a record is written as one JSON object, and this one is {found}")))
    }
}

/// Methods that have no other answer than what they found.
macro_rules! refuse {
    ($($method:ident($($value:ty),*) $(-> $compound:ident)?: $found:literal)*) => { $(
        fn $method(self $(, _: $value)*) -> refuse!(@ok $($compound)?) { self.not_an_object($found) }
    )* };
    (@ok) => { Result<(), Error> };
    (@ok $compound:ident) => { Result<Self::$compound, Error> };
}

impl<'a> Serializer for TopLevel<'a> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Impossible<(), Error>;
    type SerializeTuple = Impossible<(), Error>;
    type SerializeTupleStruct = Impossible<(), Error>;
    type SerializeTupleVariant = Impossible<(), Error>;
    type SerializeMap = TopObject<'a>;
    type SerializeStruct = TopObject<'a>;
    type SerializeStructVariant = Impossible<(), Error>;

    refuse! {
        serialize_bool(bool): "a boolean"
        serialize_i8(i8): "a number"
        serialize_i16(i16): "a number"
        serialize_i32(i32): "a number"
        serialize_i64(i64): "a number"
        serialize_i128(i128): "a number"
        serialize_u8(u8): "a number"
        serialize_u16(u16): "a number"
        serialize_u32(u32): "a number"
        serialize_u64(u64): "a number"
        serialize_u128(u128): "a number"
        serialize_f32(f32): "a number"
        serialize_f64(f64): "a number"
        serialize_char(char): "a string"
        serialize_str(&str): "a string"
        serialize_bytes(&[u8]): "a list of bytes"
        serialize_none(): "`None`"
        serialize_unit(): "`()`, which is `null`"
        serialize_unit_struct(&'static str): "a unit struct, which is `null`"
        serialize_unit_variant(&'static str, u32, &'static str): "a string"
        serialize_seq(Option<usize>) -> SerializeSeq: "a list"
        serialize_tuple(usize) -> SerializeTuple: "a tuple"
        serialize_tuple_struct(&'static str, usize) -> SerializeTupleStruct: "a tuple"
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> SerializeTupleVariant: "an enum's variant"
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> SerializeStructVariant: "an enum's variant"
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<(), Error> {
        self.not_an_object("an enum's variant")
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        value.serialize(self)
    }

    #[inline]
    fn serialize_map(self, _: Option<usize>) -> Result<TopObject<'a>, Error> {
        Ok(self.object())
    }

    #[inline]
    fn serialize_struct(self, _: &'static str, _: usize) -> Result<TopObject<'a>, Error> {
        Ok(self.object())
    }
}

/// Writes the fields of the document.
pub(super) struct TopObject<'a> {
    out: &'a mut Vec<u8>,
    at: &'a Place<'a>,
    keys: KeyCursor,
    /// The last key, if it was written apart from its value.
    key: Option<usize>,
}

impl TopObject<'_> {
    #[inline]
    fn write_key(&mut self, position: usize) {
        if let Some(field) = self.at.fields().own().get(position) {
            // Every key has a comma before it; the first one's is taken away.
            let comma = usize::from(self.out.last() == Some(&b'{'));
            self.out.extend_from_slice(&field.key[comma..]);
        }
    }

    #[inline]
    fn write_value<T: Serialize + ?Sized>(&mut self, segment: Segment<'_>, value: &T) -> Result<(), Error> {
        let at = self.at.below(segment);
        let inner = &mut serde_json::Serializer::new(&mut *self.out);
        value.serialize(ValueSerializer { inner, at: &at }).inspect_err(|error| at.blame(error))
    }
}

impl SerializeStruct for TopObject<'_> {
    type Ok = ();
    type Error = Error;

    #[inline]
    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), Error> {
        let position = self.keys.check::<Error>(self.at, key)?;
        self.write_key(position);
        self.write_value(Segment::Name(key), value)
    }

    #[inline]
    fn end(self) -> Result<(), Error> {
        Ok(())
    }
}

/// What a record with flattened parts is written as.
impl SerializeMap for TopObject<'_> {
    type Ok = ();
    type Error = Error;

    #[inline]
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        let position = key.serialize(KeySerializer::new(&mut self.keys, self.at))?;
        self.write_key(position);
        self.key = Some(position);
        Ok(())
    }

    #[inline]
    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        let field = self.key.take().and_then(|position| self.at.fields().own().get(position));
        self.write_value(field.map_or(Segment::UnknownKey, |field| Segment::Name(&field.name)), value)
    }

    #[inline]
    fn end(self) -> Result<(), Error> {
        Ok(())
    }
}
