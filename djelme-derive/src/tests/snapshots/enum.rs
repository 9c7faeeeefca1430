#[allow(deprecated, non_camel_case_types, non_snake_case)]
const _: () = {
    use ::djelme::__private as __djelme;
    #[automatically_derived]
    impl __djelme::EsField for Cabin {
        type Kind = __djelme::kind::Keyword;
    }
    #[automatically_derived]
    impl __djelme::QueryValue<Cabin> for Cabin {}
    #[automatically_derived]
    impl __djelme::QueryValue<Cabin> for &Cabin {}
};
