#[allow(deprecated, non_camel_case_types, non_snake_case)]
const _: () = {
    use ::djelme::__private as __djelme;
    type __DjelmeTypeOf_path = __djelme::KindOf<
        String,
        { <String as __djelme::EsField>::OK },
    >;
    ///The fields of `PageView`, for queries.
    pub struct __DjelmePageViewFields {
        ///The field `path`.
        pub path: __djelme::Field<String, __DjelmeTypeOf_path>,
        ///When it happened; if the record does not say, when it was recorded.
        pub timestamp: __djelme::Field<
            __djelme::DateTime<__djelme::Utc>,
            __djelme::kind::Date,
        >,
        ///The time of the record in parts, as the names of indexes have it.
        pub timeseries_timeparts: __djelme::Field<
            __djelme::String,
            __djelme::kind::Version,
        >,
    }
    #[automatically_derived]
    impl ::core::marker::Copy for __DjelmePageViewFields {}
    #[automatically_derived]
    impl ::core::clone::Clone for __DjelmePageViewFields {
        fn clone(&self) -> Self {
            *self
        }
    }
    #[automatically_derived]
    impl __djelme::Properties for PageView {
        const PROPERTIES: &'static [__djelme::Property] = &[
            __djelme::Property::field(
                "path",
                <__DjelmeTypeOf_path as __djelme::MappingOf<String>>::MAPPING,
            ),
        ];
        const DEPTH: usize = __djelme::deepest(&[1, 1]);
        type Fields = __DjelmePageViewFields;
        fn fields_at(path: __djelme::FieldPath) -> __DjelmePageViewFields {
            __DjelmePageViewFields {
                path: __djelme::Field::new(path.join("path"), ()),
                timestamp: __djelme::Field::new(path.join("timestamp"), ()),
                timeseries_timeparts: __djelme::Field::new(
                    path.join("timeseries_timeparts"),
                    (),
                ),
            }
        }
    }
    #[automatically_derived]
    impl __djelme::Flatten for PageView {}
    const __DJELME_OPTIONS: __djelme::TypeOptions = __djelme::TypeOptions {
        app_label: ::core::option::Option::Some("shop"),
        ..__djelme::TypeOptions::NONE
    };
    static __DJELME_TYPE: __djelme::RecordType = __djelme::RecordType::derived(
        __djelme::RecordKind::Event,
        ::core::concat!(::core::module_path!(), "::PageView"),
        "PageView",
        __DJELME_OPTIONS,
        <PageView as __djelme::Properties>::PROPERTIES,
    );
    #[automatically_derived]
    impl __djelme::Record for PageView {
        const TYPE: &'static __djelme::RecordType = &__DJELME_TYPE;
        fn time(&self) -> __djelme::RecordTime {
            __djelme::RecordTime::Now
        }
    }
    #[automatically_derived]
    impl __djelme::TimeseriesRecord for PageView {}
    #[automatically_derived]
    impl __djelme::RecordedAlone for PageView {}
    #[automatically_derived]
    impl __djelme::EventRecord for PageView {}
    __djelme::inventory::submit! {
        __djelme::Registered(& __DJELME_TYPE)
    }
};
