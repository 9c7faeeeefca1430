//! What is said of mistakes. The places of the messages are seen in `tests/ui` of the workspace.
#![allow(clippy::needless_pass_by_value)] // so that `quote!` can stand in the call

use proc_macro2::TokenStream;
use quote::quote;

use crate::ast::Derive;
use crate::kind::Kind;
use crate::{es_field, generate};

/// The first lines of all messages.
fn messages(derive: Derive, input: TokenStream) -> Vec<String> {
    let input = syn::parse2(input).unwrap();
    let generated = match derive {
        Derive::EsField => es_field::generate(&input),
        _ => generate(derive, &input),
    };
    let mistakes = generated.err().into_iter().flatten();
    mistakes.map(|mistake| mistake.to_string().lines().next().unwrap().to_owned()).collect()
}

fn record(keys: TokenStream, fields: TokenStream) -> Vec<String> {
    messages(
        Derive::Record(Kind::Event),
        quote!(#[djelme(app_label = "shop", #keys)] struct PageView { #fields }),
    )
}

fn field(keys: TokenStream) -> Vec<String> {
    record(quote!(), quote!(#[djelme(#keys)] path: String,))
}

#[test]
fn a_field_has_one_type_with_its_own_parameters() {
    let cases: [(TokenStream, &str); 16] = [
        (
            quote!(keyword, text),
            "a field has one Elasticsearch type, and this one is a `keyword`: remove `text`",
        ),
        (quote!(text, text), "`text` is given twice: keep one"),
        (quote!(keyword = "x"), "`keyword` takes parameters in parentheses, or nothing"),
        (
            quote!(keyword(ignore_abov = 1)),
            "`keyword` has no parameter `ignore_abov`: did you mean `ignore_above`?",
        ),
        (
            quote!(version(store = true)),
            "`version` has no parameter `store`: remove it, or write `params(store = ..)` beside the type",
        ),
        (quote!(text(fields)), "`fields` takes names and types"),
        (quote!(text(fields("raw" = keyword))), "`fields` takes names and types"),
        (quote!(text(fields(a.b = keyword))), "the sub-field `a.b` has a dot in its name: write one word"),
        (quote!(text(fields(raw = object))), "`object` is not a type of sub-fields"),
        (quote!(text(fields(a = keyword), fields(b = keyword))), "`fields` is given twice: keep one"),
        (quote!(nested(fields(raw = keyword))), "a `nested` field has no sub-fields: leave `fields(..)` out"),
        (
            quote!(text(fields(p = scaled_float))),
            "`scaled_float` needs a factor: say how many steps there are between whole numbers",
        ),
        (quote!(params = 1), "`params` takes a list in parentheses"),
        (
            quote!(params(type = 1)),
            "`type` does not belong into `params(..)`, the type is a string: write `params(type = \"rank_feature\")`",
        ),
        (
            quote!(text, params(type = "x")),
            "`type` does not belong into `params(..)`, the field has a type already: keep one",
        ),
        (
            quote!(text, params(properties(a = 1))),
            "`properties` does not belong into `params(..)`, inner fields come from a struct: write `#[djelme(object)]` on a field whose struct derives `Properties`",
        ),
    ];
    for (keys, message) in cases {
        assert_eq!(field(keys.clone()), [message], "{keys}");
    }
}

#[test]
fn values_of_settings_are_json() {
    let number = "needs a value";
    let cases: [(TokenStream, &str); 6] = [
        (quote!(settings(a)), number),
        (quote!(settings(a = b)), number),
        (quote!(settings(a(b(c)))), number),
        (quote!(settings(a = [1, 1e999])), "`1e999` is not a finite 64-bit number: write it as a string"),
        (quote!(settings(a = -9223372036854775809)), "`9223372036854775809` does not fit into 64 bits"),
        (quote!(settings(a.b = 1, "a.b" = 2)), "`a.b` is given twice: keep one"),
    ];
    for (keys, message) in cases {
        let messages = record(keys.clone(), quote!(path: String,));
        assert!(messages.len() == 1 && messages[0].contains(message), "{keys}: {messages:?}");
    }
    let least = record(quote!(settings(a = -9223372036854775808, b = [[1], (c = 2)])), quote!(path: String,));
    assert!(least.is_empty(), "{least:?}");
}

#[test]
fn commas_separate_entries() {
    assert_eq!(record(quote!(, priority = 1), quote!(a: u8,)), ["nothing stands before this `,`: remove it"]);
    assert_eq!(record(quote!(priority = 1,), quote!(a: u8,)), [""; 0]);
    assert_eq!(record(quote!(5, priority = x), quote!(a: u8,)).len(), 2);
}

#[test]
fn what_serde_changes_is_refused() {
    for key in ["into", "from", "try_from", "remote"] {
        let key = quote::format_ident!("{key}");
        let input = quote!(
            #[djelme(app_label = "shop")]
            #[serde(#key = "Other")]
            struct PageView {
                path: String,
            }
        );
        let messages = messages(Derive::Record(Kind::Event), input);
        assert!(
            messages.len() == 1 && messages[0].starts_with(&format!("`#[serde({key})]`")),
            "{messages:?}"
        );
    }
    for key in [quote!(untagged), quote!(tag = "t", content = "c"), quote!(into = "String")] {
        let messages = messages(
            Derive::EsField,
            quote!(
                #[serde(#key)]
                enum Cabin {
                    First,
                }
            ),
        );
        assert!(messages[0].contains("than is mapped"), "{messages:?}");
    }
    let getter = record(quote!(), quote!(#[serde(getter = "path")] path: String,));
    assert_eq!(
        getter,
        ["`getter` writes something else than the field: write the value itself into the field"]
    );
}

#[test]
fn a_function_needs_a_type() {
    for key in ["with", "serialize_with", "deserialize_with"] {
        let key = quote::format_ident!("{key}");
        let bare = record(quote!(), quote!(#[serde(#key = "f")] path: String,));
        assert!(bare.len() == 1 && bare[0].contains("name the type of `path`"), "{bare:?}");
        assert_eq!(record(quote!(), quote!(#[djelme(keyword)] #[serde(#key = "f")] path: String,)), [""; 0]);
        assert_eq!(record(quote!(), quote!(#[serde(flatten, #key = "f")] path: Path,)).len(), 1);
    }
}

#[test]
fn a_field_that_is_not_written_is_read_from_elsewhere() {
    let skipped =
        |serde: TokenStream, ty: TokenStream| record(quote!(), quote!(#[serde(#serde)] path: #ty,)).len();
    assert_eq!(skipped(quote!(skip_serializing), quote!(u8)), 1);
    assert_eq!(skipped(quote!(skip_serializing), quote!(std::option::Option<u8>)), 0);
    assert_eq!(skipped(quote!(skip_serializing, default), quote!(u8)), 0);
    assert_eq!(skipped(quote!(skip_serializing, skip_deserializing), quote!(u8)), 0);
    assert_eq!(skipped(quote!(skip), quote!(u8)), 0);
}

#[test]
fn only_a_struct_that_holds_itself_is_recursive() {
    let recursive = |ty: TokenStream| record(quote!(), quote!(#[djelme(object)] parent: #ty,)).len();
    assert_eq!(recursive(quote!(Option<Box<PageView>>)), 1);
    assert_eq!(recursive(quote!(Vec<Self>)), 1);
    assert_eq!(recursive(quote!((u8, [Self; 2]))), 1);
    assert_eq!(recursive(quote!(other::PageView)), 0);
    assert_eq!(recursive(quote!(PageViewer)), 0);
    assert_eq!(record(quote!(), quote!(#[djelme(flattened)] parent: Option<Box<PageView>>,)), [""; 0]);
}

#[test]
fn enums_and_newtypes_are_field_types() {
    let cases = [
        (
            quote!(
                enum Cabin {}
            ),
            "`Cabin` has no variants, so no value to write",
        ),
        (quote!(union Cabin { a: u8 }), "`Cabin` is a union, which cannot be serialized"),
        (
            quote!(
                enum Cabin {
                    First {},
                }
            ),
            "`Cabin::First` has data",
        ),
        (
            quote!(
                enum Cabin {
                    #[djelme(keyword)]
                    First,
                }
            ),
            "`#[djelme(..)]` does nothing here, a variant has none",
        ),
        (
            quote!(
                #[djelme(abstract)]
                struct Miles(u32);
            ),
            "`abstract` does nothing here",
        ),
        (
            quote!(
                struct Miles;
            ),
            "`Miles` does not have one field",
        ),
        (
            quote!(
                struct Miles<T>(T);
            ),
            "`Miles` is generic",
        ),
        (
            quote!(
                struct Miles(#[serde(skip)] u8, u8);
            ),
            "`Miles` does not have one field",
        ),
    ];
    for (input, message) in cases {
        let messages = messages(Derive::EsField, input.clone());
        assert!(messages.len() == 1 && messages[0].starts_with(message), "{input}: {messages:?}");
    }
}

#[test]
fn every_mistake_of_a_struct_is_reported() {
    let input = quote! {
        #[djelme(app_label = "Shop!", timedepth = 9, unknown, unique_together(a, a, b.c))]
        #[serde(deny_unknown_fields, rename_all(serialize = "lowercase"))]
        struct PageView<T> {
            _a: u8,
            #[djelme(base)]
            a: u8,
            #[serde(skip)]
            #[djelme(long)]
            b: u8,
            #[djelme(text)]
            timestamp: T,
        }
    };
    let messages = messages(Derive::Record(Kind::Event), input);
    assert_eq!(messages.len(), 12, "{messages:#?}");
}

#[test]
fn a_double_click_has_a_window_and_a_visitor() {
    let usage = |keys: TokenStream| {
        let fields = quote!(#[serde(flatten)] #[djelme(base)] usage: CountedUsage);
        messages(
            Derive::Record(Kind::CountedUsage),
            quote!(#[djelme(app_label = "shop", #keys)] struct View { #fields }),
        )
    };
    assert_eq!(usage(quote!(double_click = "30s")), Vec::<String>::new());
    let nothing =
        "`double_click` takes a length of time, COUNTER's is \"30s\"; leave the key out to count every click";
    assert_eq!(usage(quote!(double_click = "0s")), [nothing]);
    let other = &usage(quote!(double_click = 30))[0];
    assert!(other.starts_with("`double_click` takes a length of time"), "{other}");
    let event = &record(quote!(double_click = "30s"), quote!(path: String,))[0];
    assert!(
        event.contains("double_click") && event.contains("only a counted usage has a visitor"),
        "{event}"
    );
}
