#[allow(deprecated, non_camel_case_types, non_snake_case)]
const _: () = {
    use ::djelme::__private as __djelme;
    type __DjelmeTypeOf_customer = __djelme::PropertiesOf<
        Customer,
        { <Customer as __djelme::Properties>::OK },
    >;
    type __DjelmeTypeOf_items = __djelme::PropertiesOf<
        Vec<Item>,
        { <Vec<Item> as __djelme::Properties>::OK },
    >;
    type __DjelmeTypeOf_origin = __djelme::FlattenOf<
        Option<Origin>,
        { <Option<Origin> as __djelme::Flatten>::OK },
    >;
    ///The fields of `Order`, for queries.
    pub struct __DjelmeOrderFields {
        ///The field `customer`.
        pub customer: <__DjelmeTypeOf_customer as __djelme::Properties>::Fields,
        ///The field `items`.
        pub items: __djelme::Nested<
            <__DjelmeTypeOf_items as __djelme::Properties>::Fields,
        >,
        ///The field `origin`.
        pub origin: <__DjelmeTypeOf_origin as __djelme::Properties>::Fields,
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
                "customer",
                __djelme::FieldMapping::new("object")
                    .properties(
                        <__DjelmeTypeOf_customer as __djelme::Properties>::PROPERTIES,
                    ),
            ),
            __djelme::Property::field(
                "items",
                __djelme::FieldMapping::new("nested")
                    .params(&[("include_in_parent", __djelme::JsonConst::Bool(true))])
                    .properties(
                        <__DjelmeTypeOf_items as __djelme::Properties>::PROPERTIES,
                    ),
            ),
            __djelme::Property::Base(
                <__DjelmeTypeOf_origin as __djelme::Properties>::PROPERTIES,
            ),
        ];
        const DEPTH: usize = __djelme::deepest(
            &[
                1,
                1 + <__DjelmeTypeOf_customer as __djelme::Properties>::DEPTH,
                1 + <__DjelmeTypeOf_items as __djelme::Properties>::DEPTH,
                <__DjelmeTypeOf_origin as __djelme::Properties>::DEPTH,
            ],
        );
        type Fields = __DjelmeOrderFields;
        fn fields_at(path: __djelme::FieldPath) -> __DjelmeOrderFields {
            __DjelmeOrderFields {
                customer: <__DjelmeTypeOf_customer as __djelme::Properties>::fields_at(
                    path.join("customer"),
                ),
                items: __djelme::Nested::new(
                    path.join("items"),
                    <__DjelmeTypeOf_items as __djelme::Properties>::fields_at(
                        path.join("items"),
                    ),
                ),
                origin: <__DjelmeTypeOf_origin as __djelme::Properties>::fields_at(path),
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
    const _: () = ::core::assert!(
        < Order as __djelme::Properties > ::DEPTH <= __djelme::FieldPath::MAX_DEPTH,
        "objects lie too deep in each other in `Order`: a path has at most 8 names, sub-fields included"
    );
    const _: () = ::core::assert!(
        __djelme::names_differ(< Order as __djelme::Properties > ::PROPERTIES),
        "two fields of `Order`, those of flattened structs included, have one name in documents: rename one"
    );
    const _: () = ::core::assert!(
        __djelme::count(< __DjelmeTypeOf_origin as __djelme::Properties > ::PROPERTIES,
        "timestamp") == 0 && __djelme::count(< __DjelmeTypeOf_origin as
        __djelme::Properties > ::PROPERTIES, "timeseries_timeparts") == 0,
        "`origin` has a field `timestamp` or `timeseries_timeparts`, which djelme adds: declare `timestamp` in the record or in its base"
    );
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
