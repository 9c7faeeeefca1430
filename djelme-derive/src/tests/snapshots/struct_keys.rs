#[allow(deprecated, non_camel_case_types, non_snake_case)]
const _: () = {
    use ::djelme::__private as __djelme;
    type __DjelmeTypeOf_user = __djelme::KindOf<
        String,
        { <String as __djelme::EsField>::OK },
    >;
    type __DjelmeTypeOf_path = __djelme::KindOf<
        String,
        { <String as __djelme::EsField>::OK },
    >;
    ///The fields of `PageView`, for queries.
    pub struct __DjelmePageViewFields {
        ///The field `user`.
        pub user: __djelme::Field<String, __DjelmeTypeOf_user>,
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
                "user",
                <__DjelmeTypeOf_user as __djelme::MappingOf<String>>::MAPPING,
            ),
            __djelme::Property::field(
                "path",
                <__DjelmeTypeOf_path as __djelme::MappingOf<String>>::MAPPING,
            ),
        ];
        const DEPTH: usize = __djelme::deepest(&[1, 1, 1]);
        type Fields = __DjelmePageViewFields;
        fn fields_at(path: __djelme::FieldPath) -> __DjelmePageViewFields {
            __DjelmePageViewFields {
                user: __djelme::Field::new(path.join("user"), ()),
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
        recordtype_name: ::core::option::Option::Some("page_view"),
        timedepth: ::core::option::Option::Some(__djelme::TimeDepth::Month),
        template: ::core::option::Option::Some("shop_views_*"),
        template_name: ::core::option::Option::Some("views"),
        index_prefix: ::core::option::Option::Some("dev-"),
        backend: ::core::option::Option::Some("metrics"),
        expires_after: ::core::option::Option::Some(
            ::core::time::Duration::from_secs(7776000u64),
        ),
        settings: ::core::option::Option::Some(
            __djelme::JsonConst::Object(
                &[
                    ("number_of_shards", __djelme::JsonConst::Int(2i64)),
                    ("index.codec", __djelme::JsonConst::Str("best_compression")),
                    ("index.refresh_interval", __djelme::JsonConst::Str("5s")),
                    (
                        "routing",
                        __djelme::JsonConst::Object(
                            &[
                                (
                                    "allocation",
                                    __djelme::JsonConst::Object(
                                        &[
                                            ("total_shards_per_node", __djelme::JsonConst::Int(-1i64)),
                                        ],
                                    ),
                                ),
                            ],
                        ),
                    ),
                    ("ratio", __djelme::JsonConst::Float(0.5f64)),
                    ("hidden", __djelme::JsonConst::Bool(true)),
                ],
            ),
        ),
        analysis: ::core::option::Option::Some(
            __djelme::JsonConst::Object(
                &[
                    (
                        "analyzer",
                        __djelme::JsonConst::Object(
                            &[
                                (
                                    "tags",
                                    __djelme::JsonConst::Object(
                                        &[
                                            ("type", __djelme::JsonConst::Str("custom")),
                                            ("tokenizer", __djelme::JsonConst::Str("whitespace")),
                                            (
                                                "filter",
                                                __djelme::JsonConst::Array(
                                                    &[
                                                        __djelme::JsonConst::Str("lowercase"),
                                                        __djelme::JsonConst::Str("unique"),
                                                    ],
                                                ),
                                            ),
                                        ],
                                    ),
                                ),
                            ],
                        ),
                    ),
                ],
            ),
        ),
        unique_together: ::core::option::Option::Some(&["user", "path"]),
        on_conflict: ::core::option::Option::Some(__djelme::OnConflict::Keep),
        accept: ::core::option::Option::Some(__djelme::Accept {
            past: ::core::option::Option::Some(
                ::core::time::Duration::from_secs(2592000u64),
            ),
            future: ::core::option::Option::Some(
                ::core::time::Duration::from_secs(3600u64),
            ),
        }),
        priority: ::core::option::Option::Some(600u32),
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
        fn unique_parts(&self, key: &mut __djelme::OpaqueKey) {
            key.part("user", &self.user);
            key.part("path", &self.path);
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
