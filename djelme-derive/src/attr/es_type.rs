//! Elasticsearch's field types and their parameters, as attributes write them: `text(analyzer = "english")`.

use proc_macro2::Span;
use syn::Ident;

use super::item::{Form, Item, items};
use super::json::{self, Json};
use super::suggest::closest;
use crate::ctxt::Ctxt;

/// An Elasticsearch type.
pub(crate) struct EsType {
    /// Elasticsearch's name.
    pub(crate) name: &'static str,
    /// The marker type in core's `field::kind`; empty for types of objects.
    pub(crate) kind: &'static str,
    /// The parameters that Elasticsearch documents for it, separated by spaces.
    parameters: &'static str,
}

const NUMBER: &str = "coerce copy_to doc_values ignore_malformed index meta null_value on_script_error script store \
    time_series_dimension time_series_metric";
const SCALED: &str = "coerce copy_to doc_values ignore_malformed index meta null_value scaling_factor store \
    time_series_metric";
const DATE: &str =
    "copy_to doc_values format ignore_malformed index locale meta null_value on_script_error script store";
const SCRIPTED: &str = "copy_to doc_values ignore_malformed index meta null_value on_script_error script store \
    time_series_dimension";
const KEYWORD: &str = "copy_to doc_values eager_global_ordinals ignore_above index index_options meta normalizer \
    norms null_value on_script_error script similarity split_queries_on_whitespace store time_series_dimension";
const TEXT: &str = "analyzer copy_to eager_global_ordinals fielddata fielddata_frequency_filter index \
    index_options index_phrases index_prefixes meta norms position_increment_gap search_analyzer \
    search_quote_analyzer similarity store term_vector";
const FLATTENED: &str = "depth_limit doc_values eager_global_ordinals ignore_above index index_options meta \
    null_value similarity split_queries_on_whitespace time_series_dimensions";
const GEO_POINT: &str = "copy_to doc_values ignore_malformed ignore_z_value index meta null_value on_script_error \
    script store time_series_metric";

macro_rules! types {
    ($($name:literal $kind:literal $parameters:expr;)*) => {
        const TYPES: &[EsType] = &[$(EsType { name: $name, kind: $kind, parameters: $parameters },)*];
        /// Every type's name, for messages.
        pub(super) const TYPE_NAMES: &[&str] = &[$($name,)*];
    };
}

types! {
    "keyword" "Keyword" KEYWORD;
    "text" "Text" TEXT;
    "match_only_text" "MatchOnlyText" "copy_to meta";
    "wildcard" "Wildcard" "copy_to ignore_above meta null_value";
    "constant_keyword" "ConstantKeyword" "meta value";
    "byte" "Byte" NUMBER;
    "short" "Short" NUMBER;
    "integer" "Integer" NUMBER;
    "long" "Long" NUMBER;
    "unsigned_long" "UnsignedLong" NUMBER;
    "half_float" "HalfFloat" NUMBER;
    "float" "Float" NUMBER;
    "double" "Double" NUMBER;
    "scaled_float" "ScaledFloat" SCALED;
    "date" "Date" DATE;
    "date_nanos" "DateNanos" DATE;
    "boolean" "Boolean" SCRIPTED;
    "ip" "Ip" SCRIPTED;
    "version" "Version" "copy_to meta";
    "flattened" "Flattened" FLATTENED;
    "geo_point" "GeoPoint" GEO_POINT;
    "binary" "Binary" "copy_to doc_values meta store";
    "object" "" "dynamic enabled subobjects";
    "nested" "" "dynamic include_in_parent include_in_root";
}

impl EsType {
    /// The type of this name.
    pub(crate) fn find(name: &str) -> Option<&'static Self> {
        TYPES.iter().find(|es_type| es_type.name == name)
    }

    /// Whether the field holds objects with fields of their own.
    pub(crate) fn is_object(&self) -> bool {
        self.kind.is_empty()
    }

    fn has_sub_fields(&self) -> bool {
        !self.is_object() && !matches!(self.name, "flattened" | "binary")
    }
}

/// A type with its parameters.
pub(crate) struct TypeSpec {
    pub(crate) es_type: &'static EsType,
    pub(crate) params: Vec<(String, Json)>,
    pub(crate) sub_fields: Vec<SubField>,
    pub(crate) span: Span,
}

/// An entry of `fields(..)`.
pub(crate) struct SubField {
    pub(crate) ident: Ident,
    pub(crate) spec: TypeSpec,
}

impl TypeSpec {
    /// Reads `keyword` or `keyword(..)`; the key is the name of `es_type`.
    pub(crate) fn read(es_type: &'static EsType, item: Item, cx: &Ctxt) -> Option<Self> {
        let mut spec = Self { es_type, params: Vec::new(), sub_fields: Vec::new(), span: item.span };
        match item.form {
            Form::Bare => {}
            Form::List(content) => {
                for item in items(content, cx) {
                    spec.take(item, cx);
                }
            }
            Form::Value(_) | Form::Named(_) | Form::Malformed => {
                let name = es_type.name;
                cx.error_at(
                    item.span,
                    format!("`{name}` takes parameters in parentheses, or nothing\nhelp: the right form is `#[djelme({name})]` or `#[djelme({name}(..))]`"),
                );
                return None;
            }
        }
        Some(spec)
    }

    fn take(&mut self, item: Item, cx: &Ctxt) {
        if item.key == "fields" {
            self.take_sub_fields(item, cx);
        } else if self.es_type.parameters.split(' ').any(|parameter| parameter == item.key) {
            json::add(&mut self.params, item, cx);
        } else {
            let name = self.es_type.name;
            let remedy = match closest(&item.key, self.es_type.parameters.split(' ')) {
                Some(likeliest) => format!("did you mean `{likeliest}`?"),
                None => format!("remove it, or write `params({} = ..)` beside the type", item.key),
            };
            cx.error_at(
                item.span,
                format!(
                    "`{name}` has no parameter `{}`: {remedy}\nhelp: its parameters are `{}`",
                    item.key,
                    self.es_type.parameters.split(' ').collect::<Vec<_>>().join("`, `"),
                ),
            );
        }
    }

    fn take_sub_fields(&mut self, item: Item, cx: &Ctxt) {
        let name = self.es_type.name;
        if !self.es_type.has_sub_fields() {
            cx.error_at(item.span, format!("a `{name}` field has no sub-fields: leave `fields(..)` out"));
            return;
        }
        let Form::List(content) = item.form else {
            cx.error_at(item.span, sub_fields_form());
            return;
        };
        if !self.sub_fields.is_empty() {
            cx.error_at(item.span, "`fields` is given twice: keep one");
            return;
        }
        for item in items(content, cx) {
            if let Some(sub_field) = SubField::read(item, cx) {
                if self.sub_fields.iter().any(|other| other.ident == sub_field.ident) {
                    let ident = &sub_field.ident;
                    cx.error(ident, format!("two sub-fields are named `{ident}`: rename one"));
                } else {
                    self.sub_fields.push(sub_field);
                }
            }
        }
    }
}

const SUB_FIELDS_HELP: &str =
    "\nhelp: the right form is `fields(raw = keyword)` or `fields(en = text(analyzer = \"english\"))`";

fn sub_fields_form() -> String {
    format!("`fields` takes names and types{SUB_FIELDS_HELP}")
}

fn sub_field_types() -> impl Iterator<Item = &'static str> {
    TYPES.iter().filter(|es_type| !es_type.is_object()).map(|es_type| es_type.name)
}

impl SubField {
    /// Reads `raw = keyword` or `en = text(..)`.
    fn read(item: Item, cx: &Ctxt) -> Option<Self> {
        let (Some(ident), Form::Named(named)) = (item.ident, item.form) else {
            cx.error_at(item.span, sub_fields_form());
            return None;
        };
        if item.key.contains('.') {
            cx.error_at(
                item.span,
                format!("the sub-field `{}` has a dot in its name: write one word", item.key),
            );
            return None;
        }
        let Some(es_type) = EsType::find(&named.key).filter(|es_type| !es_type.is_object()) else {
            let remedy = closest(&named.key, sub_field_types())
                .map_or_else(String::new, |likeliest| format!(": did you mean `{likeliest}`?"));
            cx.error_at(
                named.span,
                format!("`{}` is not a type of sub-fields{remedy}{SUB_FIELDS_HELP}", named.key),
            );
            return None;
        };
        let spec = TypeSpec::read(es_type, *named, cx)?;
        if let Some(inner) = spec.sub_fields.first() {
            cx.error(
                &inner.ident,
                "a sub-field has no sub-fields: put them beside it in the outer `fields(..)`",
            );
        }
        Some(Self { ident, spec })
    }
}
