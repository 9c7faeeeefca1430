#[allow(deprecated, non_camel_case_types, non_snake_case)]
const _: () = {
    use ::djelme::__private as __djelme;
    type __DjelmeTypeOf_common = __djelme::BaseOf<
        Common,
        { <Common as __djelme::Base>::OK },
    >;
    type __DjelmeTypeOf_type = __djelme::KindOf<
        String,
        { <String as __djelme::EsField>::OK },
    >;
    ///The fields of `Order`, for queries.
    pub struct __DjelmeOrderFields {
        ///The field `common`.
        pub common: <__DjelmeTypeOf_common as __djelme::Properties>::Fields,
        ///The field `kind`.
        pub r#type: __djelme::Field<String, __DjelmeTypeOf_type>,
        ///The field `timestamp`.
        pub timestamp: __djelme::Field<DateTime<FixedOffset>, __djelme::kind::Date>,
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
            __djelme::Property::Base(
                <__DjelmeTypeOf_common as __djelme::Properties>::PROPERTIES,
            ),
            __djelme::Property::field(
                "kind",
                <__DjelmeTypeOf_type as __djelme::MappingOf<String>>::MAPPING,
            ),
            __djelme::Property::field("timestamp", __djelme::FieldMapping::new("date")),
        ];
        const DEPTH: usize = __djelme::deepest(
            &[1, <__DjelmeTypeOf_common as __djelme::Properties>::DEPTH, 1, 1],
        );
        type Fields = __DjelmeOrderFields;
        fn fields_at(path: __djelme::FieldPath) -> __DjelmeOrderFields {
            __DjelmeOrderFields {
                common: <__DjelmeTypeOf_common as __djelme::Properties>::fields_at(path),
                r#type: __djelme::Field::new(path.join("kind"), ()),
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
        __djelme::names_differ(< Order as __djelme::Properties > ::PROPERTIES),
        "two fields of `Order`, those of flattened structs included, have one name in documents: rename one"
    );
    const _: () = ::core::assert!(
        ! < __DjelmeTypeOf_common as __djelme::Base > ::OPTIONS.compat.is_some() ||
        __djelme::as_in_python(& < __DjelmeTypeOf_type as __djelme::MappingOf < String >>
        ::MAPPING),
        "Python has no type like that of `r#type`, and maps `int` as `integer`, `float` as `float`, and `date` with a format of its own: with `compat = \"python\"`, name the Elasticsearch type that the Python class has, such as `#[djelme(integer)]`, `#[djelme(long)]`, `#[djelme(float)]` or `#[djelme(date(format = \"yyyy-MM-dd\"))]`"
    );
    const __DJELME_OPTIONS: __djelme::TypeOptions = __djelme::TypeOptions {
        app_label: ::core::option::Option::Some("shop"),
        unique_together: ::core::option::Option::Some(&["customer", "kind"]),
        ..__djelme::TypeOptions::NONE
    }
        .or(<__DjelmeTypeOf_common as __djelme::Base>::OPTIONS);
    const _: () = ::core::assert!(
        < __DjelmeTypeOf_common as __djelme::Base > ::OPTIONS.double_click.is_none(),
        "the base of `Order` has `double_click`, and an event has none, because only a counted usage has a visitor: take a base without it"
    );
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
            __djelme::RecordTime::At(
                <DateTime<FixedOffset> as __djelme::Timestamp>::instant(&self.timestamp),
            )
        }
        fn unique_parts(&self, key: &mut __djelme::OpaqueKey) {
            key.part("customer", &self.common.customer);
            key.part("kind", &self.r#type);
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
