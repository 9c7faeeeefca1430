#[allow(deprecated, non_camel_case_types, non_snake_case)]
const _: () = {
    use ::djelme::__private as __djelme;
    type __DjelmeTypeOf_sku = __djelme::KindOf<
        String,
        { <String as __djelme::EsField>::OK },
    >;
    ///The fields of `Product`, for queries.
    pub struct __DjelmeProductFields {
        ///The field `sku`.
        pub sku: __djelme::Field<String, __DjelmeTypeOf_sku>,
    }
    #[automatically_derived]
    impl ::core::marker::Copy for __DjelmeProductFields {}
    #[automatically_derived]
    impl ::core::clone::Clone for __DjelmeProductFields {
        fn clone(&self) -> Self {
            *self
        }
    }
    #[automatically_derived]
    impl __djelme::Properties for Product {
        const PROPERTIES: &'static [__djelme::Property] = &[
            __djelme::Property::field(
                "sku",
                <__DjelmeTypeOf_sku as __djelme::MappingOf<String>>::MAPPING,
            ),
        ];
        const DEPTH: usize = __djelme::deepest(&[1, 1]);
        type Fields = __DjelmeProductFields;
        fn fields_at(path: __djelme::FieldPath) -> __DjelmeProductFields {
            __DjelmeProductFields {
                sku: __djelme::Field::new(path.join("sku"), ()),
            }
        }
    }
    #[automatically_derived]
    impl __djelme::Flatten for Product {}
    const __DJELME_OPTIONS: __djelme::TypeOptions = __djelme::TypeOptions {
        app_label: ::core::option::Option::Some("shop"),
        unique_together: ::core::option::Option::Some(&["sku"]),
        ..__djelme::TypeOptions::NONE
    };
    static __DJELME_TYPE: __djelme::RecordType = __djelme::RecordType::derived(
        __djelme::RecordKind::Simple,
        ::core::concat!(::core::module_path!(), "::Product"),
        "Product",
        __DJELME_OPTIONS,
        <Product as __djelme::Properties>::PROPERTIES,
    );
    #[automatically_derived]
    impl __djelme::Record for Product {
        const TYPE: &'static __djelme::RecordType = &__DJELME_TYPE;
        fn time(&self) -> __djelme::RecordTime {
            __djelme::RecordTime::None
        }
        fn unique_parts(&self, key: &mut __djelme::OpaqueKey) {
            key.part("sku", &self.sku);
        }
    }
    #[automatically_derived]
    impl __djelme::RecordedAlone<{ __DJELME_OPTIONS.unique_together.is_some() }>
    for Product {}
    #[automatically_derived]
    impl __djelme::RecordedUnderId<{ __DJELME_OPTIONS.unique_together.is_none() }>
    for Product {}
    #[automatically_derived]
    impl __djelme::SimpleRecord for Product {}
    __djelme::inventory::submit! {
        __djelme::Registered(& __DJELME_TYPE)
    }
};
