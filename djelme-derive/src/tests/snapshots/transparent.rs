#[allow(deprecated, non_camel_case_types, non_snake_case)]
const _: () = {
    use ::djelme::__private as __djelme;
    #[automatically_derived]
    impl __djelme::EsField for Miles {
        type Kind = __djelme::KindOf<u32, { <u32 as __djelme::EsField>::OK }>;
        const MAPPING: __djelme::FieldMapping = <Self::Kind as __djelme::MappingOf<
            u32,
        >>::MAPPING;
    }
    #[automatically_derived]
    impl __djelme::QueryValue<Miles> for Miles {}
    #[automatically_derived]
    impl __djelme::QueryValue<Miles> for &Miles {}
};
