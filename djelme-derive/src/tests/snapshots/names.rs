#[allow(deprecated, non_camel_case_types, non_snake_case)]
const _: () = {
    use ::djelme::__private as __djelme;
    type __DjelmeTypeOf_page_path = __djelme::KindOf<
        String,
        { <String as __djelme::EsField>::OK },
    >;
    type __DjelmeTypeOf_user_name = __djelme::KindOf<
        String,
        { <String as __djelme::EsField>::OK },
    >;
    type __DjelmeTypeOf_type = __djelme::KindOf<
        String,
        { <String as __djelme::EsField>::OK },
    >;
    type __DjelmeTypeOf_match = __djelme::KindOf<
        String,
        { <String as __djelme::EsField>::OK },
    >;
    type __DjelmeTypeOf_new_name = __djelme::KindOf<
        Option<String>,
        { <Option<String> as __djelme::EsField>::OK },
    >;
    ///The fields of `PageView`, for queries.
    pub struct __DjelmePageViewFields {
        ///The field `pagePath`.
        pub page_path: __djelme::Field<String, __DjelmeTypeOf_page_path>,
        ///The field `user`.
        pub user_name: __djelme::Field<String, __DjelmeTypeOf_user_name>,
        ///The field `kind`.
        pub r#type: __djelme::Field<String, __DjelmeTypeOf_type>,
        ///The field `match`.
        pub r#match: __djelme::Field<String, __DjelmeTypeOf_match>,
        ///The field `newName`.
        pub new_name: __djelme::Field<Option<String>, __DjelmeTypeOf_new_name>,
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
                "pagePath",
                <__DjelmeTypeOf_page_path as __djelme::MappingOf<String>>::MAPPING,
            ),
            __djelme::Property::field(
                "user",
                <__DjelmeTypeOf_user_name as __djelme::MappingOf<String>>::MAPPING,
            ),
            __djelme::Property::field(
                "kind",
                <__DjelmeTypeOf_type as __djelme::MappingOf<String>>::MAPPING,
            ),
            __djelme::Property::field(
                "match",
                <__DjelmeTypeOf_match as __djelme::MappingOf<String>>::MAPPING,
            ),
            __djelme::Property::field(
                "newName",
                <__DjelmeTypeOf_new_name as __djelme::MappingOf<Option<String>>>::MAPPING,
            ),
        ];
        const DEPTH: usize = __djelme::deepest(&[1, 1, 1, 1, 1, 1]);
        type Fields = __DjelmePageViewFields;
        fn fields_at(path: __djelme::FieldPath) -> __DjelmePageViewFields {
            __DjelmePageViewFields {
                page_path: __djelme::Field::new(path.join("pagePath"), ()),
                user_name: __djelme::Field::new(path.join("user"), ()),
                r#type: __djelme::Field::new(path.join("kind"), ()),
                r#match: __djelme::Field::new(path.join("match"), ()),
                new_name: __djelme::Field::new(path.join("newName"), ()),
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
