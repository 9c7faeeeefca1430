//! What a derive works on: a struct with its keys. Nodes keep the syntax that they come from, for spans.

use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::{Data, DeriveInput, Fields, Generics, Ident, Type};

use crate::attr::{FieldKeys, FieldRef, Json, Options, SerdeContainer, SerdeField, TypeSpec};
use crate::ctxt::Ctxt;
use crate::kind::{CYCLE, Kind, SESSION, TIMESTAMP};

/// The derives.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Derive {
    Record(Kind),
    Properties,
    EsField,
}

impl Derive {
    /// The derive's name, which is that of its trait too.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Record(kind) => kind.derive(),
            Self::Properties => "Properties",
            Self::EsField => "EsField",
        }
    }
}

/// A struct with named fields.
pub(crate) struct Struct<'a> {
    pub(crate) original: &'a DeriveInput,
    pub(crate) derive: Derive,
    pub(crate) options: Options,
    pub(crate) serde: SerdeContainer,
    pub(crate) fields: Vec<Field<'a>>,
}

/// A field of a struct.
pub(crate) struct Field<'a> {
    pub(crate) original: &'a syn::Field,
    pub(crate) ident: &'a Ident,
    /// The name in documents.
    pub(crate) name: String,
    /// Where the name stands: in `rename`, or the field's own.
    pub(crate) name_span: Span,
    pub(crate) keys: FieldKeys,
    pub(crate) serde: SerdeField,
}

/// How a field is mapped.
pub(crate) enum Shape<'a> {
    /// By its Rust type.
    Inferred,
    /// By an Elasticsearch type.
    Typed(&'a TypeSpec),
    /// By `params(type = "..")`.
    Other(&'a str),
    /// As an object: `object`.
    Object,
    /// As objects of their own: `nested`.
    Nested,
    /// Its fields stand in the struct's place.
    Flattened,
    /// Likewise, and its options are inherited: `base`.
    Base,
}

impl<'a> Struct<'a> {
    /// Reads a struct. Other items cannot have fields with names, and are reported.
    pub(crate) fn read(derive: Derive, original: &'a DeriveInput, cx: &Ctxt) -> Option<Self> {
        let options = Options::read(&original.attrs, cx);
        let serde = SerdeContainer::read(&original.attrs, cx);
        let name = &original.ident;
        let fields = match &original.data {
            Data::Struct(data) => match &data.fields {
                Fields::Named(fields) => Some(&fields.named),
                Fields::Unnamed(_) | Fields::Unit => {
                    cx.error(
                        name,
                        format!(
                            "the fields of `{name}` have no names: write `struct {name} {{ name: Type }}`"
                        ),
                    );
                    None
                }
            },
            Data::Enum(_) => {
                let derive = derive.name();
                cx.error(name, format!("`{derive}` is for structs, and `{name}` is an enum: for a field type derive `EsField`"));
                None
            }
            Data::Union(_) => {
                cx.error(name, format!("`{name}` is a union, which cannot be serialized: write a struct"));
                None
            }
        };
        refuse_generics(name, &original.generics, cx);
        let fields = fields?.iter().filter_map(|field| Field::read(field, &serde, cx)).collect();
        Some(Self { original, derive, options, serde, fields })
    }

    /// The fields that documents have, flattened ones included.
    pub(crate) fn written(&self) -> impl Iterator<Item = &Field<'a>> {
        self.fields.iter().filter(|field| field.serde.not_written.is_none())
    }

    /// The fields that have a name of their own in documents.
    pub(crate) fn named(&self) -> impl Iterator<Item = &Field<'a>> {
        self.written().filter(|field| field.serde.flatten.is_none())
    }

    /// The field that is the base.
    pub(crate) fn base(&self) -> Option<&Field<'a>> {
        self.written().find(|field| matches!(field.shape(), Shape::Base))
    }

    /// The field of the event's time.
    pub(crate) fn timestamp(&self) -> Option<&Field<'a>> {
        self.named().find(|field| self.is_timestamp(field))
    }

    /// Whether the field is the time of an event.
    pub(crate) fn is_timestamp(&self, field: &Field<'_>) -> bool {
        self.can_be(Kind::has_timestamp) && field.serde.flatten.is_none() && field.name == TIMESTAMP
    }

    /// The field of the cycle that a report covers.
    pub(crate) fn cycle(&self) -> Option<&Field<'a>> {
        self.named().find(|field| self.is_cycle(field))
    }

    /// Whether the field is the cycle that a report covers.
    pub(crate) fn is_cycle(&self, field: &Field<'_>) -> bool {
        self.can_be(|kind| kind == Kind::CyclicReport) && field.serde.flatten.is_none() && field.name == CYCLE
    }

    /// Whether `unique_together` names the session of a counted usage, which is no field of the struct.
    pub(crate) fn is_session(&self, field: &FieldRef) -> bool {
        self.derive == Derive::Record(Kind::CountedUsage)
            && matches!(field.path.as_slice(), [name] if name.unraw() == SESSION)
    }

    /// The name in documents of a field in `unique_together`. A field of a base goes by its name in Rust, the only
    /// one that is known here.
    pub(crate) fn unique_name(&self, field: &FieldRef) -> String {
        if let [own] = field.path.as_slice()
            && let Some(own) = self.fields.iter().find(|other| other.ident.unraw() == own.unraw())
        {
            return own.name.clone();
        }
        field.path.last().map_or_else(String::new, |last| last.unraw().to_string())
    }

    /// The kind, if the struct is a record.
    pub(crate) fn kind(&self) -> Option<Kind> {
        match self.derive {
            Derive::Record(kind) => Some(kind),
            Derive::Properties | Derive::EsField => None,
        }
    }

    /// Whether the struct is a record of such a kind, or a base, which may be one of any.
    fn can_be(&self, such: impl Fn(Kind) -> bool) -> bool {
        self.kind().map_or_else(|| self.options.is_abstract.is_given(), such)
    }

    /// Whether the struct is a record or a base of records, and so has options.
    pub(crate) fn has_options(&self) -> bool {
        self.can_be(|_| true)
    }
}

impl<'a> Field<'a> {
    fn read(original: &'a syn::Field, container: &SerdeContainer, cx: &Ctxt) -> Option<Self> {
        let ident = original.ident.as_ref()?;
        let serde = SerdeField::read(&original.attrs, cx);
        let plain = ident.unraw().to_string();
        let (name, name_span) = match &serde.rename {
            Some((name, span)) => (name.clone(), *span),
            None => {
                (container.rename_all.map_or_else(|| plain.clone(), |rule| rule.apply(&plain)), ident.span())
            }
        };
        let keys = FieldKeys::read(&original.attrs, cx);
        Some(Self { original, ident, name, name_span, keys, serde })
    }

    pub(crate) fn ty(&self) -> &'a Type {
        &self.original.ty
    }

    pub(crate) fn shape(&self) -> Shape<'_> {
        if self.serde.flatten.is_some() {
            return if self.keys.base.is_given() { Shape::Base } else { Shape::Flattened };
        }
        match self.keys.es_type.get() {
            Some(spec) if spec.es_type.name == "object" => Shape::Object,
            Some(spec) if spec.es_type.name == "nested" => Shape::Nested,
            Some(spec) => Shape::Typed(spec),
            None => self.other_type().map_or(Shape::Inferred, Shape::Other),
        }
    }

    /// The type in `params(type = "..")`.
    fn other_type(&self) -> Option<&str> {
        self.keys.params.get()?.iter().find_map(|(key, value)| match value {
            Json::Str(name) if key == "type" => Some(name.as_str()),
            _ => None,
        })
    }

    /// All mapping parameters: those beside the type, then those of `params(..)`, without its `type`.
    pub(crate) fn params(&self) -> impl Iterator<Item = &(String, Json)> {
        let of_type = self.keys.es_type.get().into_iter().flat_map(|spec| &spec.params);
        let further = self.keys.params.get().into_iter().flatten();
        of_type.chain(further.filter(|(key, _)| key != "type"))
    }
}

/// Reports type parameters and lifetimes.
pub(crate) fn refuse_generics(name: &Ident, generics: &Generics, cx: &Ctxt) {
    if !generics.params.is_empty() {
        cx.error(
            &generics.params,
            format!(
                "`{name}` is generic, and generic records cannot be registered: write a struct for each type"
            ),
        );
    }
}
