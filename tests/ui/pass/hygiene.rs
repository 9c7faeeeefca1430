//! Nothing in the user's module changes the meaning of the generated code, and it gives no warnings.
#![no_implicit_prelude]
#![deny(warnings, missing_docs, unused_qualifications, unreachable_pub, unsafe_code)]

use ::std::string::String;

/// Where djelme is, for those who have it from another crate.
pub mod facade {
    pub use ::djelme as inner;
}

/// Names that generated code could take for others.
#[allow(dead_code, missing_docs)]
pub mod names {
    pub struct Field;
    pub struct Option;
    pub struct Some;
    pub struct FieldPath;
    pub struct Cycle;
    pub struct CountedUsage;
    pub mod core {}
    pub mod djelme {}
}

/// Their derives have traps around them.
pub mod records {
    #[allow(unused_imports)]
    use super::names::*;
    use super::String;

    /// An enum that only this module knows, in a record that all know.
    #[derive(::serde::Serialize, ::serde::Deserialize, ::djelme::EsField)]
    #[djelme(crate = "super::facade::inner")]
    enum Kind {
        /// The only one.
        One,
    }

    /// A record with names that generated code uses.
    #[derive(::serde::Serialize, ::serde::Deserialize, ::djelme::EventRecord)]
    #[djelme(crate = "crate::facade::inner", app_label = "shop", unique_together(key))]
    pub struct PageView {
        path: String,
        key: String,
        #[djelme(text(fields(path = keyword, name = keyword)))]
        fields: String,
        #[deprecated = "use path"]
        old: ::std::option::Option<u32>,
        kind: Kind,
        #[djelme(object)]
        inner: Inner,
    }

    /// A use, with methods whose names generated code uses.
    #[derive(::serde::Serialize, ::serde::Deserialize, ::djelme::CountedUsageRecord)]
    #[djelme(crate = "crate::facade::inner", app_label = "shop", unique_together(sessionhour_id, key))]
    pub struct View {
        #[serde(flatten)]
        #[djelme(base)]
        usage: ::djelme::usage::CountedUsage,
        key: String,
    }

    impl View {
        /// Not what was used.
        pub fn usage(&self) -> u8 {
            1
        }
    }

    /// A base with the cycle.
    #[derive(::serde::Serialize, ::serde::Deserialize, ::djelme::Properties)]
    #[djelme(crate = "crate::facade::inner", abstract, app_label = "shop")]
    struct Monthly {
        cycle_coverage: ::djelme::time::Cycle<::djelme::time::Month>,
    }

    impl Monthly {
        /// Not the cycle.
        #[allow(dead_code)]
        pub(crate) fn cycle(&self) -> u8 {
            1
        }
    }

    /// A report whose base only this module knows.
    #[derive(::serde::Serialize, ::serde::Deserialize, ::djelme::CyclicReport)]
    #[djelme(crate = "crate::facade::inner")]
    pub struct Sales {
        #[serde(flatten)]
        #[djelme(base)]
        key: Monthly,
    }

    impl Sales {
        /// Not the cycle.
        pub(crate) fn cycle(&self) -> u8 {
            1
        }
    }

    /// A simple record.
    #[derive(::serde::Serialize, ::serde::Deserialize, ::djelme::SimpleRecord)]
    #[djelme(crate = "crate::facade::inner", app_label = "shop")]
    pub struct Product {
        key: String,
    }

    /// An object that only this module knows.
    #[derive(::serde::Serialize, ::serde::Deserialize, ::djelme::Properties)]
    #[djelme(crate = "crate::facade::inner")]
    struct Inner {
        name: String,
    }
}

fn main() {
    let f = <records::PageView as ::djelme::record::Record>::fields();
    ::std::assert_eq!(f.fields.path.name(), "fields.path");
    ::std::assert_eq!(f.inner.name.name(), "inner.name");
    ::std::assert_eq!(f.key.name(), "key");
    let f = <records::Sales as ::djelme::record::Record>::fields();
    ::std::assert_eq!(f.key.cycle_coverage.name(), "cycle_coverage");
}
