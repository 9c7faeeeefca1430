#[allow(deprecated, non_camel_case_types, non_snake_case)]
const _: () = {
    use ::djelme::__private as __djelme;
    type __DjelmeTypeOf_customer = __djelme::KindOf<
        String,
        { <String as __djelme::EsField>::OK },
    >;
    ///The fields of `Common`, for queries.
    pub struct __DjelmeCommonFields {
        ///The field `customer`.
        pub customer: __djelme::Field<String, __DjelmeTypeOf_customer>,
        ///The field `timestamp`.
        pub at: __djelme::Field<DateTime<Utc>, __djelme::kind::DateNanos>,
    }
    #[automatically_derived]
    impl ::core::marker::Copy for __DjelmeCommonFields {}
    #[automatically_derived]
    impl ::core::clone::Clone for __DjelmeCommonFields {
        fn clone(&self) -> Self {
            *self
        }
    }
    #[automatically_derived]
    impl __djelme::Properties for Common {
        const PROPERTIES: &'static [__djelme::Property] = &[
            __djelme::Property::field(
                "customer",
                <__DjelmeTypeOf_customer as __djelme::MappingOf<String>>::MAPPING,
            ),
            __djelme::Property::field(
                "timestamp",
                __djelme::FieldMapping::new("date_nanos"),
            ),
        ];
        const DEPTH: usize = __djelme::deepest(&[1, 1, 1]);
        type Fields = __DjelmeCommonFields;
        fn fields_at(path: __djelme::FieldPath) -> __DjelmeCommonFields {
            __DjelmeCommonFields {
                customer: __djelme::Field::new(path.join("customer"), ()),
                at: __djelme::Field::new(path.join("timestamp"), ()),
            }
        }
    }
    #[automatically_derived]
    impl __djelme::Flatten for Common {}
    #[automatically_derived]
    impl __djelme::Base for Common {
        const OPTIONS: __djelme::TypeOptions = __djelme::TypeOptions {
            app_label: ::core::option::Option::Some("shop"),
            timedepth: ::core::option::Option::Some(__djelme::TimeDepth::Day),
            unique_together: ::core::option::Option::Some(&["customer"]),
            ..__djelme::TypeOptions::NONE
        };
        type Cycle = ();
        fn cycle(&self) {}
        type Usage = ();
        fn usage(&self) -> &() {
            &()
        }
        fn time(&self) -> __djelme::RecordTime {
            __djelme::RecordTime::At(
                <DateTime<Utc> as __djelme::Timestamp>::instant(&self.at),
            )
        }
        fn unique_parts(&self, key: &mut __djelme::OpaqueKey) {
            key.part("customer", &self.customer);
        }
    }
};
