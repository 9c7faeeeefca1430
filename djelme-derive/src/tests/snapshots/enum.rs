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
    #[automatically_derived]
    impl __djelme::KeyPart for Cabin {
        fn append_key_text(
            &self,
            text: &mut __djelme::String,
        ) -> ::core::result::Result<(), &'static str> {
            __djelme::append_variant(self, text)
        }
    }
};
