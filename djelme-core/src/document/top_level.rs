//! The adapter for the document itself: one object, whose keys are fields of the record type.

use serde::Serialize;
use serde::ser::{Impossible, SerializeMap, SerializeStruct, Serializer};

use super::keys::{KeyCursor, KeySerializer};
use super::place::{Place, Segment};
use super::serializer::Checked;

/// Takes an object and nothing else.
pub(super) struct TopLevel<'a, S> {
    pub(super) inner: S,
    pub(super) at: &'a Place<'a>,
}

impl<S: Serializer> TopLevel<'_, S> {
    fn not_an_object<T>(&self, found: &str) -> Result<T, S::Error> {
        Err(self.at.refuse(format!("a record is written as one JSON object, and this one is {found}")))
    }
}

/// Methods that have no other answer than what they found.
macro_rules! refuse {
    ($($method:ident($($value:ty),*) $(-> $compound:ident)?: $found:literal)*) => { $(
        fn $method(self $(, _: $value)*) -> refuse!(@ok $($compound)?) { self.not_an_object($found) }
    )* };
    (@ok) => { Result<S::Ok, S::Error> };
    (@ok $compound:ident) => { Result<Self::$compound, S::Error> };
}

impl<'a, S: Serializer> Serializer for TopLevel<'a, S> {
    type Ok = S::Ok;
    type Error = S::Error;
    type SerializeSeq = Impossible<S::Ok, S::Error>;
    type SerializeTuple = Impossible<S::Ok, S::Error>;
    type SerializeTupleStruct = Impossible<S::Ok, S::Error>;
    type SerializeTupleVariant = Impossible<S::Ok, S::Error>;
    type SerializeMap = TopObject<'a, S::SerializeMap>;
    type SerializeStruct = TopObject<'a, S::SerializeStruct>;
    type SerializeStructVariant = Impossible<S::Ok, S::Error>;

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
    ) -> Result<S::Ok, S::Error> {
        self.not_an_object("an enum's variant")
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<S::Ok, S::Error> {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        value.serialize(self)
    }

    #[inline]
    fn serialize_map(self, len: Option<usize>) -> Result<Self::SerializeMap, S::Error> {
        Ok(TopObject::new(self.inner.serialize_map(len)?, self.at))
    }

    #[inline]
    fn serialize_struct(self, name: &'static str, len: usize) -> Result<Self::SerializeStruct, S::Error> {
        Ok(TopObject::new(self.inner.serialize_struct(name, len)?, self.at))
    }

    fn is_human_readable(&self) -> bool {
        self.inner.is_human_readable()
    }
}

/// Forwards the fields of the document and checks their names.
pub(super) struct TopObject<'a, C> {
    inner: C,
    at: &'a Place<'a>,
    keys: KeyCursor,
    /// The last key, if it was written apart from its value.
    key: Option<usize>,
}

impl<'a, C> TopObject<'a, C> {
    fn new(inner: C, at: &'a Place<'a>) -> Self {
        Self { inner, at, keys: KeyCursor::default(), key: None }
    }
}

impl<C: SerializeStruct> SerializeStruct for TopObject<'_, C> {
    type Ok = C::Ok;
    type Error = C::Error;

    #[inline]
    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), C::Error> {
        self.keys.check::<C::Error>(self.at, key)?;
        self.inner.serialize_field(key, &Checked { value, at: &self.at.below(Segment::Name(key)) })
    }

    #[inline]
    fn skip_field(&mut self, key: &'static str) -> Result<(), C::Error> {
        self.inner.skip_field(key)
    }

    #[inline]
    fn end(self) -> Result<C::Ok, C::Error> {
        self.inner.end()
    }
}

/// What a record with flattened parts is written as.
impl<C: SerializeMap> SerializeMap for TopObject<'_, C> {
    type Ok = C::Ok;
    type Error = C::Error;

    #[inline]
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), C::Error> {
        self.key = Some(key.serialize(KeySerializer::new(&mut self.keys, self.at))?);
        self.inner.serialize_key(key)
    }

    #[inline]
    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), C::Error> {
        let name = self.key.take().and_then(|position| self.at.fields().names().get(position));
        let segment = name.map_or(Segment::UnknownKey, |name| Segment::Name(name));
        self.inner.serialize_value(&Checked { value, at: &self.at.below(segment) })
    }

    #[inline]
    fn end(self) -> Result<C::Ok, C::Error> {
        self.inner.end()
    }
}
