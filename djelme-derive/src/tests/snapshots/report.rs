#[allow(deprecated, non_camel_case_types, non_snake_case)]
const _: () = {
    use ::djelme::__private as __djelme;
    type __DjelmeTypeOf_month = __djelme::KindOf<
        Cycle<Month>,
        { <Cycle<Month> as __djelme::EsField>::OK },
    >;
    type __DjelmeTypeOf_shop = __djelme::KindOf<
        String,
        { <String as __djelme::EsField>::OK },
    >;
    ///The fields of `MonthlySales`, for queries.
    pub struct __DjelmeMonthlySalesFields {
        ///The field `cycle_coverage`.
        pub month: __djelme::Field<Cycle<Month>, __DjelmeTypeOf_month>,
        ///The field `shop`.
        pub shop: __djelme::Field<String, __DjelmeTypeOf_shop>,
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
            __djelme::Property::field(
                "cycle_coverage",
                <__DjelmeTypeOf_month as __djelme::MappingOf<Cycle<Month>>>::MAPPING,
            ),
            __djelme::Property::field(
                "shop",
                <__DjelmeTypeOf_shop as __djelme::MappingOf<String>>::MAPPING,
            ),
        ];
        const DEPTH: usize = __djelme::deepest(&[1, 1, 1]);
        type Fields = __DjelmeMonthlySalesFields;
        fn fields_at(path: __djelme::FieldPath) -> __DjelmeMonthlySalesFields {
            __DjelmeMonthlySalesFields {
                month: __djelme::Field::new(path.join("cycle_coverage"), ()),
                shop: __djelme::Field::new(path.join("shop"), ()),
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
    type __DjelmeCycle = __djelme::CycleOf<
        Cycle<Month>,
        { <Cycle<Month> as __djelme::CycleCoverage>::OK },
    >;
    const __DJELME_OPTIONS: __djelme::TypeOptions = __djelme::TypeOptions {
        app_label: ::core::option::Option::Some("shop"),
        timedepth: ::core::option::Option::Some(__djelme::TimeDepth::Year),
        unique_together: ::core::option::Option::Some(&["cycle_coverage", "shop"]),
        ..__djelme::TypeOptions::NONE
    };
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
            key.part("cycle_coverage", &self.month);
            key.part("shop", &self.shop);
        }
    }
    #[automatically_derived]
    impl __djelme::TimeseriesRecord for MonthlySales {}
    #[automatically_derived]
    impl __djelme::RecordedAlone for MonthlySales {}
    #[automatically_derived]
    impl __djelme::CyclicReport for MonthlySales {
        type Depth = <__DjelmeCycle as __djelme::CycleCoverage>::Depth;
        fn cycle(&self) -> __djelme::Cycle<Self::Depth> {
            <__DjelmeCycle as __djelme::CycleCoverage>::coverage(&self.month)
        }
    }
    __djelme::inventory::submit! {
        __djelme::Registered(& __DJELME_TYPE)
    }
};
