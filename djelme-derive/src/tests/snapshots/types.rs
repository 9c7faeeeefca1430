#[allow(deprecated, non_camel_case_types, non_snake_case)]
const _: () = {
    use ::djelme::__private as __djelme;
    pub struct __DjelmeSubFieldsOf_remarks {
        ///The sub-field `remarks.raw`.
        pub raw: __djelme::Field<Option<String>, __djelme::kind::Keyword>,
        ///The sub-field `remarks.de`.
        pub de: __djelme::Field<Option<String>, __djelme::kind::Text>,
    }
    #[automatically_derived]
    impl ::core::marker::Copy for __DjelmeSubFieldsOf_remarks {}
    #[automatically_derived]
    impl ::core::clone::Clone for __DjelmeSubFieldsOf_remarks {
        fn clone(&self) -> Self {
            *self
        }
    }
    type __DjelmeTypeOf_code = __djelme::KindOf<
        String,
        { <String as __djelme::EsField>::OK },
    >;
    const _: () = ::core::assert!(
        < __DjelmeTypeOf_code as __djelme::MappingOf < String >> ::MAPPING.params
        .is_empty(),
        "the Rust type of `code` has mapping parameters of its own: name the Elasticsearch type with all of them, such as `keyword(..)`"
    );
    ///The fields of `Order`, for queries.
    pub struct __DjelmeOrderFields {
        /// What the customer wrote.
        ///
        /// Perhaps in English.
        pub remarks: __djelme::Field<
            Option<String>,
            __djelme::kind::Text,
            __DjelmeSubFieldsOf_remarks,
        >,
        ///The field `price`.
        pub price: __djelme::Field<f64, __djelme::kind::ScaledFloat>,
        ///The field `customer`.
        pub customer: __djelme::Field<u128, __djelme::kind::Keyword>,
        ///The field `code`.
        pub code: __djelme::Field<String, __DjelmeTypeOf_code>,
        ///The field `rank`.
        pub rank: __djelme::Field<f32, __djelme::kind::Other>,
        ///The field `parent`.
        pub parent: __djelme::Field<Option<Box<Order>>, __djelme::kind::Flattened>,
        ///The field `paid`.
        pub paid: __djelme::Field<DateTime<Utc>, __djelme::kind::Date>,
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
    impl ::core::marker::Copy for __DjelmeOrderFields {}
    #[automatically_derived]
    impl ::core::clone::Clone for __DjelmeOrderFields {
        fn clone(&self) -> Self {
            *self
        }
    }
    #[automatically_derived]
    impl __djelme::Properties for Order {
        const PROPERTIES: &'static [__djelme::Property] = &[
            __djelme::Property::field(
                "remarks",
                __djelme::FieldMapping::new("text")
                    .params(&[("analyzer", __djelme::JsonConst::Str("english"))])
                    .fields(
                        &[
                            (
                                "raw",
                                __djelme::FieldMapping::new("keyword")
                                    .params(
                                        &[("ignore_above", __djelme::JsonConst::Int(256i64))],
                                    ),
                            ),
                            (
                                "de",
                                __djelme::FieldMapping::new("text")
                                    .params(&[("analyzer", __djelme::JsonConst::Str("german"))]),
                            ),
                        ],
                    ),
            ),
            __djelme::Property::field(
                "price",
                __djelme::FieldMapping::new("scaled_float")
                    .params(&[("scaling_factor", __djelme::JsonConst::Int(100i64))]),
            ),
            __djelme::Property::field(
                "customer",
                __djelme::FieldMapping::new("keyword")
                    .params(
                        &[
                            (
                                "copy_to",
                                __djelme::JsonConst::Array(
                                    &[__djelme::JsonConst::Str("remarks")],
                                ),
                            ),
                        ],
                    ),
            ),
            __djelme::Property::field(
                "code",
                <__DjelmeTypeOf_code as __djelme::MappingOf<String>>::MAPPING
                    .params(&[("ignore_above", __djelme::JsonConst::Int(20i64))]),
            ),
            __djelme::Property::field(
                "rank",
                __djelme::FieldMapping::new("rank_feature")
                    .params(
                        &[("positive_score_impact", __djelme::JsonConst::Bool(false))],
                    ),
            ),
            __djelme::Property::field(
                "parent",
                __djelme::FieldMapping::new("flattened"),
            ),
            __djelme::Property::field(
                "paid",
                __djelme::FieldMapping::new("date")
                    .params(&[("format", __djelme::JsonConst::Str("epoch_second"))]),
            ),
        ];
        const DEPTH: usize = __djelme::deepest(&[1, 2, 1, 1, 1, 1, 1, 1]);
        type Fields = __DjelmeOrderFields;
        fn fields_at(path: __djelme::FieldPath) -> __DjelmeOrderFields {
            __DjelmeOrderFields {
                remarks: {
                    let path = path.join("remarks");
                    __djelme::Field::new(
                        path,
                        __DjelmeSubFieldsOf_remarks {
                            raw: __djelme::Field::new(path.join("raw"), ()),
                            de: __djelme::Field::new(path.join("de"), ()),
                        },
                    )
                },
                price: __djelme::Field::new(path.join("price"), ()),
                customer: __djelme::Field::new(path.join("customer"), ()),
                code: __djelme::Field::new(path.join("code"), ()),
                rank: __djelme::Field::new(path.join("rank"), ()),
                parent: __djelme::Field::new(path.join("parent"), ()),
                paid: __djelme::Field::new(path.join("paid"), ()),
                timestamp: __djelme::Field::new(path.join("timestamp"), ()),
                timeseries_timeparts: __djelme::Field::new(
                    path.join("timeseries_timeparts"),
                    (),
                ),
            }
        }
    }
    #[automatically_derived]
    impl __djelme::Flatten for Order {}
    const __DJELME_OPTIONS: __djelme::TypeOptions = __djelme::TypeOptions {
        app_label: ::core::option::Option::Some("shop"),
        ..__djelme::TypeOptions::NONE
    };
    static __DJELME_TYPE: __djelme::RecordType = __djelme::RecordType::derived(
        __djelme::RecordKind::Event,
        ::core::concat!(::core::module_path!(), "::Order"),
        "Order",
        __DJELME_OPTIONS,
        <Order as __djelme::Properties>::PROPERTIES,
    );
    #[automatically_derived]
    impl __djelme::Record for Order {
        const TYPE: &'static __djelme::RecordType = &__DJELME_TYPE;
        fn time(&self) -> __djelme::RecordTime {
            __djelme::RecordTime::Now
        }
    }
    #[automatically_derived]
    impl __djelme::TimeseriesRecord for Order {}
    #[automatically_derived]
    impl __djelme::RecordedAlone for Order {}
    #[automatically_derived]
    impl __djelme::EventRecord for Order {}
    __djelme::inventory::submit! {
        __djelme::Registered(& __DJELME_TYPE)
    }
};
