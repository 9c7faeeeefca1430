//! What a derive works on: a struct with its keys. Nodes keep the syntax that they come from, for spans.

use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::{Data, DeriveInput, Fields, Generics, Ident, Type};

use crate::attr::{FieldKeys, FieldRef, Json, Options, SerdeContainer, SerdeField, TypeSpec};
use crate::ctxt::Ctxt;

/// The derives.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Derive {
    EventRecord,
    Properties,
    EsField,
}

impl Derive {
    /// The derive's name, which is that of its trait too.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::EventRecord => "EventRecord",
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
        self.named().find(|field| field.name == TIMESTAMP)
    }

    /// Whether the field is the time of an event.
    pub(crate) fn is_timestamp(&self, field: &Field<'_>) -> bool {
        self.has_options() && field.serde.flatten.is_none() && field.name == TIMESTAMP
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

    /// Whether the struct is a record or a base of records, and so has options.
    pub(crate) fn has_options(&self) -> bool {
        self.derive == Derive::EventRecord || self.options.is_abstract.is_given()
    }
}

/// The field of an event's time.
pub(crate) const TIMESTAMP: &str = "timestamp";
/// The field of a document's time parts.
pub(crate) const TIMEPARTS: &str = "timeseries_timeparts";

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
