#[allow(deprecated, non_camel_case_types, non_snake_case)]
const _: () = {
    use ::djelme::__private as __djelme;
    type __DjelmeTypeOf_shop = __djelme::BaseOf<Shop, { <Shop as __djelme::Base>::OK }>;
    type __DjelmeTypeOf_cycle_coverage = __djelme::KindOf<
        Cycle<Month>,
        { <Cycle<Month> as __djelme::EsField>::OK },
    >;
    ///The fields of `Monthly`, for queries.
    pub struct __DjelmeMonthlyFields {
        ///The field `shop`.
        pub shop: <__DjelmeTypeOf_shop as __djelme::Properties>::Fields,
        ///The field `cycle_coverage`.
        pub cycle_coverage: __djelme::Field<Cycle<Month>, __DjelmeTypeOf_cycle_coverage>,
    }
    #[automatically_derived]
    impl ::core::marker::Copy for __DjelmeMonthlyFields {}
    #[automatically_derived]
    impl ::core::clone::Clone for __DjelmeMonthlyFields {
        fn clone(&self) -> Self {
            *self
        }
    }
    #[automatically_derived]
    impl __djelme::Properties for Monthly {
        const PROPERTIES: &'static [__djelme::Property] = &[
            __djelme::Property::Base(
                <__DjelmeTypeOf_shop as __djelme::Properties>::PROPERTIES,
            ),
            __djelme::Property::field(
                "cycle_coverage",
                <__DjelmeTypeOf_cycle_coverage as __djelme::MappingOf<
                    Cycle<Month>,
                >>::MAPPING,
            ),
        ];
        const DEPTH: usize = __djelme::deepest(
            &[1, <__DjelmeTypeOf_shop as __djelme::Properties>::DEPTH, 1],
        );
        type Fields = __DjelmeMonthlyFields;
        fn fields_at(path: __djelme::FieldPath) -> __DjelmeMonthlyFields {
            __DjelmeMonthlyFields {
                shop: <__DjelmeTypeOf_shop as __djelme::Properties>::fields_at(path),
                cycle_coverage: __djelme::Field::new(path.join("cycle_coverage"), ()),
            }
        }
    }
    #[automatically_derived]
    impl __djelme::Flatten for Monthly {}
    const _: () = ::core::assert!(
        __djelme::names_differ(< Monthly as __djelme::Properties > ::PROPERTIES),
        "two fields of `Monthly`, those of flattened structs included, have one name in documents: rename one"
    );
    const _: () = ::core::assert!(
        ! < __DjelmeTypeOf_shop as __djelme::Base > ::OPTIONS.compat.is_some() ||
        __djelme::as_in_python(& < __DjelmeTypeOf_cycle_coverage as __djelme::MappingOf <
        Cycle < Month > >> ::MAPPING),
        "Python has no type like that of `cycle_coverage`, and maps `int` as `integer`, `float` as `float`, and `date` with a format of its own: with `compat = \"python\"`, name the Elasticsearch type that the Python class has, such as `#[djelme(integer)]`, `#[djelme(long)]`, `#[djelme(float)]` or `#[djelme(date(format = \"yyyy-MM-dd\"))]`"
    );
    type __DjelmeCycle = __djelme::CycleOf<
        Cycle<Month>,
        { <Cycle<Month> as __djelme::CycleCoverage>::OK },
    >;
    const __DJELME_USAGE: bool = <__DjelmeTypeOf_shop as __djelme::Base>::USAGE;
    #[automatically_derived]
    impl __djelme::Base for Monthly {
        const OPTIONS: __djelme::TypeOptions = __djelme::TypeOptions {
            timedepth: ::core::option::Option::Some(__djelme::TimeDepth::Year),
            ..__djelme::TypeOptions::NONE
        }
            .or(<__DjelmeTypeOf_shop as __djelme::Base>::OPTIONS);
        const CYCLE: u8 = <<__DjelmeCycle as __djelme::CycleCoverage>::Depth as __djelme::CycleDepth>::DEPTH
            .number();
        type Cycle = __djelme::Cycle<<__DjelmeCycle as __djelme::CycleCoverage>::Depth>;
        fn cycle(&self) -> Self::Cycle {
            <__DjelmeCycle as __djelme::CycleCoverage>::coverage(&self.cycle_coverage)
        }
        const USAGE: bool = __DJELME_USAGE;
        type Usage = <__djelme::UsageIf<
            { __DJELME_USAGE },
        > as __djelme::NumberedUsage>::Usage;
        fn usage(&self) -> &Self::Usage {
            <__DjelmeTypeOf_shop as __djelme::Base>::usage(&self.shop)
        }
        fn time(&self) -> __djelme::RecordTime {
            <__DjelmeTypeOf_shop as __djelme::Base>::time(&self.shop)
        }
        fn unique_parts(&self, key: &mut __djelme::OpaqueKey) {
            <__DjelmeTypeOf_shop as __djelme::Base>::unique_parts(&self.shop, key);
        }
    }
};
