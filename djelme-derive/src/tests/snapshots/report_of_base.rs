#[allow(deprecated, non_camel_case_types, non_snake_case)]
const _: () = {
    use ::djelme::__private as __djelme;
    type __DjelmeTypeOf_common = __djelme::ReportBaseOf<
        Monthly,
        { <Monthly as __djelme::ReportBase>::OK },
    >;
    type __DjelmeTypeOf_orders = __djelme::KindOf<
        u64,
        { <u64 as __djelme::EsField>::OK },
    >;
    ///The fields of `MonthlySales`, for queries.
    pub struct __DjelmeMonthlySalesFields {
        ///The field `common`.
        pub common: <__DjelmeTypeOf_common as __djelme::Properties>::Fields,
        ///The field `orders`.
        pub orders: __djelme::Field<u64, __DjelmeTypeOf_orders>,
        ///When the report was recorded.
        pub created: __djelme::Field<
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
    impl ::core::marker::Copy for __DjelmeMonthlySalesFields {}
    #[automatically_derived]
    impl ::core::clone::Clone for __DjelmeMonthlySalesFields {
        fn clone(&self) -> Self {
            *self
        }
    }
    #[automatically_derived]
    impl __djelme::Properties for MonthlySales {
        const PROPERTIES: &'static [__djelme::Property] = &[
            __djelme::Property::Base(
                <__DjelmeTypeOf_common as __djelme::Properties>::PROPERTIES,
            ),
            __djelme::Property::field(
                "orders",
                <__DjelmeTypeOf_orders as __djelme::MappingOf<u64>>::MAPPING,
            ),
        ];
        const DEPTH: usize = __djelme::deepest(
            &[1, <__DjelmeTypeOf_common as __djelme::Properties>::DEPTH, 1],
        );
        type Fields = __DjelmeMonthlySalesFields;
        fn fields_at(path: __djelme::FieldPath) -> __DjelmeMonthlySalesFields {
            __DjelmeMonthlySalesFields {
                common: <__DjelmeTypeOf_common as __djelme::Properties>::fields_at(path),
                orders: __djelme::Field::new(path.join("orders"), ()),
                created: __djelme::Field::new(path.join("created"), ()),
                timeseries_timeparts: __djelme::Field::new(
                    path.join("timeseries_timeparts"),
                    (),
                ),
            }
        }
    }
    #[automatically_derived]
    impl __djelme::Flatten for MonthlySales {}
    const _: () = ::core::assert!(
        __djelme::names_differ(< MonthlySales as __djelme::Properties > ::PROPERTIES),
        "two fields of `MonthlySales`, those of flattened structs included, have one name in documents: rename one"
    );
    const _: () = ::core::assert!(
        ! < __DjelmeTypeOf_common as __djelme::Base > ::OPTIONS.compat.is_some() ||
        __djelme::as_in_python(& < __DjelmeTypeOf_orders as __djelme::MappingOf < u64 >>
        ::MAPPING),
        "Python has no type like that of `orders`, and maps `int` as `integer`, `float` as `float`, and `date` with a format of its own: with `compat = \"python\"`, name the Elasticsearch type that the Python class has, such as `#[djelme(integer)]`, `#[djelme(long)]`, `#[djelme(float)]` or `#[djelme(date(format = \"yyyy-MM-dd\"))]`"
    );
    const __DJELME_CYCLE: u8 = <__DjelmeTypeOf_common as __djelme::Base>::CYCLE;
    const __DJELME_OPTIONS: __djelme::TypeOptions = __djelme::TypeOptions {
        ..__djelme::TypeOptions::NONE
    }
        .or(<__DjelmeTypeOf_common as __djelme::Base>::OPTIONS)
        .or_unique(&["cycle_coverage"]);
    const _: () = ::core::assert!(
        __djelme::count(< __DjelmeTypeOf_common as __djelme::Properties > ::PROPERTIES,
        "created") == 0,
        "`common` has a field `created`, which djelme itself adds to each document: rename the field"
    );
    const _: () = ::core::assert!(
        < __DjelmeTypeOf_common as __djelme::Base > ::OPTIONS.app_label.is_some(),
        "`MonthlySales` and its base have no `app_label`: give one of them `#[djelme(app_label = \"shop\")]`"
    );
    const _: () = ::core::assert!(
        __djelme::names_or_none(< __DjelmeTypeOf_common as __djelme::Base > ::OPTIONS
        .unique_together, "cycle_coverage"),
        "`unique_together` of the base leaves out `cycle_coverage`, so that each report would replace that of the cycle before: give `MonthlySales` its own, such as `unique_together(cycle_coverage, base.field)`"
    );
    const _: () = ::core::assert!(
        < __DjelmeTypeOf_common as __djelme::Base > ::OPTIONS.accept.is_none(),
        "the base of `MonthlySales` has `accept`, and a report has none, because its cycle may be of any age: take a base without it"
    );
    const _: () = ::core::assert!(
        < __DjelmeTypeOf_common as __djelme::Base > ::OPTIONS.double_click.is_none(),
        "the base of `MonthlySales` has `double_click`, and a report has none, because only a counted usage has a visitor: take a base without it"
    );
    static __DJELME_TYPE: __djelme::RecordType = __djelme::RecordType::derived(
        __djelme::RecordKind::CyclicReport,
        ::core::concat!(::core::module_path!(), "::MonthlySales"),
        "MonthlySales",
        __DJELME_OPTIONS,
        <MonthlySales as __djelme::Properties>::PROPERTIES,
    );
    #[automatically_derived]
    impl __djelme::Record for MonthlySales {
        const TYPE: &'static __djelme::RecordType = &__DJELME_TYPE;
        fn time(&self) -> __djelme::RecordTime {
            __djelme::RecordTime::Cycle(
                <Self as __djelme::CyclicReport>::cycle(self).parts(),
            )
        }
        fn unique_parts(&self, key: &mut __djelme::OpaqueKey) {
            if <__DjelmeTypeOf_common as __djelme::Base>::OPTIONS
                .unique_together
                .is_some()
            {
                <__DjelmeTypeOf_common as __djelme::Base>::unique_parts(
                    &self.common,
                    key,
                );
            } else {
                key.part(
                    "cycle_coverage",
                    &<Self as __djelme::CyclicReport>::cycle(self),
                );
            }
        }
    }
    #[automatically_derived]
    impl __djelme::TimeseriesRecord for MonthlySales {}
    #[automatically_derived]
    impl __djelme::RecordedAlone for MonthlySales {}
    #[automatically_derived]
    impl __djelme::CyclicReport for MonthlySales {
        type Depth = <<__djelme::CycleNumber<
            { __DJELME_CYCLE },
        > as __djelme::NumberedCycle>::Cycle as __djelme::CycleCoverage>::Depth;
        fn cycle(&self) -> __djelme::Cycle<Self::Depth> {
            <__DjelmeTypeOf_common as __djelme::ReportBase>::report_cycle(&self.common)
        }
    }
    __djelme::inventory::submit! {
        __djelme::Registered(& __DJELME_TYPE)
    }
};
