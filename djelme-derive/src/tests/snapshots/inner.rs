#[allow(deprecated, non_camel_case_types, non_snake_case)]
const _: () = {
    use crate::reexported::djelme::__private as __djelme;
    type __DjelmeTypeOf_name = __djelme::KindOf<
        String,
        { <String as __djelme::EsField>::OK },
    >;
    ///The fields of `Customer`, for queries.
    pub struct __DjelmeCustomerFields {
        ///The field `name`.
        pub name: __djelme::Field<String, __DjelmeTypeOf_name>,
    }
    #[automatically_derived]
    impl ::core::marker::Copy for __DjelmeCustomerFields {}
    #[automatically_derived]
    impl ::core::clone::Clone for __DjelmeCustomerFields {
        fn clone(&self) -> Self {
            *self
        }
    }
    #[automatically_derived]
    impl __djelme::Properties for Customer {
        const PROPERTIES: &'static [__djelme::Property] = &[
            __djelme::Property::field(
                "name",
                <__DjelmeTypeOf_name as __djelme::MappingOf<String>>::MAPPING,
            ),
        ];
        const DEPTH: usize = __djelme::deepest(&[1, 1]);
        type Fields = __DjelmeCustomerFields;
        fn fields_at(path: __djelme::FieldPath) -> __DjelmeCustomerFields {
            __DjelmeCustomerFields {
                name: __djelme::Field::new(path.join("name"), ()),
            }
        }
    }
    #[automatically_derived]
    impl __djelme::Flatten for Customer {}
};
