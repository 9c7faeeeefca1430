#[allow(deprecated, non_camel_case_types, non_snake_case)]
const _: () = {
    use ::djelme::__private as __djelme;
    type __DjelmeTypeOf_usage = __djelme::UsageBaseOf<
        CountedUsage,
        { <CountedUsage as __djelme::UsageBase>::OK },
    >;
    type __DjelmeTypeOf_action = __djelme::KindOf<
        String,
        { <String as __djelme::EsField>::OK },
    >;
    ///The fields of `View`, for queries.
    pub struct __DjelmeViewFields {
        ///The field `usage`.
        pub usage: <__DjelmeTypeOf_usage as __djelme::Properties>::Fields,
        ///The field `action`.
        pub action: __djelme::Field<String, __DjelmeTypeOf_action>,
        ///When it happened; if the record does not say, when it was recorded.
        pub timestamp: __djelme::Field<
            __djelme::DateTime<__djelme::Utc>,
            __djelme::kind::Date,
        >,
        ///The session that the usage belongs to.
        pub sessionhour_id: __djelme::Field<__djelme::String, __djelme::kind::Keyword>,
        ///The time of the record in parts, as the names of indexes have it.
        pub timeseries_timeparts: __djelme::Field<
            __djelme::String,
            __djelme::kind::Version,
        >,
    }
    #[automatically_derived]
    impl ::core::marker::Copy for __DjelmeViewFields {}
    #[automatically_derived]
    impl ::core::clone::Clone for __DjelmeViewFields {
        fn clone(&self) -> Self {
            *self
        }
    }
    #[automatically_derived]
    impl __djelme::Properties for View {
        const PROPERTIES: &'static [__djelme::Property] = &[
            __djelme::Property::Base(
                <__DjelmeTypeOf_usage as __djelme::Properties>::PROPERTIES,
            ),
            __djelme::Property::field(
                "action",
                <__DjelmeTypeOf_action as __djelme::MappingOf<String>>::MAPPING,
            ),
        ];
        const DEPTH: usize = __djelme::deepest(
            &[1, <__DjelmeTypeOf_usage as __djelme::Properties>::DEPTH, 1],
        );
        type Fields = __DjelmeViewFields;
        fn fields_at(path: __djelme::FieldPath) -> __DjelmeViewFields {
            __DjelmeViewFields {
                usage: <__DjelmeTypeOf_usage as __djelme::Properties>::fields_at(path),
                action: __djelme::Field::new(path.join("action"), ()),
                timestamp: __djelme::Field::new(path.join("timestamp"), ()),
                sessionhour_id: __djelme::Field::new(path.join("sessionhour_id"), ()),
                timeseries_timeparts: __djelme::Field::new(
                    path.join("timeseries_timeparts"),
                    (),
                ),
            }
        }
    }
    #[automatically_derived]
    impl __djelme::Flatten for View {}
    const _: () = ::core::assert!(
        __djelme::names_differ(< View as __djelme::Properties > ::PROPERTIES),
        "two fields of `View`, those of flattened structs included, have one name in documents: rename one"
    );
    const _: () = ::core::assert!(
        ! < __DjelmeTypeOf_usage as __djelme::Base > ::OPTIONS.compat.is_some() ||
        __djelme::as_in_python(& < __DjelmeTypeOf_action as __djelme::MappingOf < String
        >> ::MAPPING),
        "Python has no type like that of `action`, and maps `int` as `integer`, `float` as `float`, and `date` with a format of its own: with `compat = \"python\"`, name the Elasticsearch type that the Python class has, such as `#[djelme(integer)]`, `#[djelme(long)]`, `#[djelme(float)]` or `#[djelme(date(format = \"yyyy-MM-dd\"))]`"
    );
    const __DJELME_OPTIONS: __djelme::TypeOptions = __djelme::TypeOptions {
        app_label: ::core::option::Option::Some("shop"),
        unique_together: ::core::option::Option::Some(&["sessionhour_id", "item_iri"]),
        ..__djelme::TypeOptions::NONE
    }
        .or(<__DjelmeTypeOf_usage as __djelme::Base>::OPTIONS);
    const _: () = ::core::assert!(
        __djelme::count(< __DjelmeTypeOf_usage as __djelme::Properties > ::PROPERTIES,
        "sessionhour_id") == 0,
        "`usage` has a field `sessionhour_id`, which djelme itself adds to each document: rename the field"
    );
    static __DJELME_TYPE: __djelme::RecordType = __djelme::RecordType::derived(
        __djelme::RecordKind::CountedUsage,
        ::core::concat!(::core::module_path!(), "::View"),
        "View",
        __DJELME_OPTIONS,
        <View as __djelme::Properties>::PROPERTIES,
    );
    #[automatically_derived]
    impl __djelme::Record for View {
        const TYPE: &'static __djelme::RecordType = &__DJELME_TYPE;
        fn time(&self) -> __djelme::RecordTime {
            <__DjelmeTypeOf_usage as __djelme::Base>::time(&self.usage)
        }
        fn unique_parts(&self, key: &mut __djelme::OpaqueKey) {
            key.session_part();
            key.part("item_iri", &self.usage.item_iri);
        }
    }
    #[automatically_derived]
    impl __djelme::TimeseriesRecord for View {}
    #[automatically_derived]
    impl __djelme::CountedUsageRecord for View {
        fn usage(&self) -> &__djelme::CountedUsage {
            <__DjelmeTypeOf_usage as __djelme::UsageBase>::counted_usage(&self.usage)
        }
    }
    __djelme::inventory::submit! {
        __djelme::Registered(& __DJELME_TYPE)
    }
};
