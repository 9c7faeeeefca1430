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
    #[automatically_derived]
    impl __djelme::KeyPart for Miles
    where
        for<'__djelme> u32: __djelme::KeyPart,
    {
        fn append_key_text(
            &self,
            text: &mut __djelme::String,
        ) -> ::core::result::Result<(), &'static str> {
            <u32 as __djelme::KeyPart>::append_key_text(&self.number, text)
        }
        fn append_python_str(
            &self,
            text: &mut __djelme::String,
        ) -> ::core::result::Result<(), &'static str> {
            <u32 as __djelme::KeyPart>::append_python_str(&self.number, text)
        }
        fn append_python_repr(
            &self,
            text: &mut __djelme::String,
        ) -> ::core::result::Result<(), &'static str> {
            <u32 as __djelme::KeyPart>::append_python_repr(&self.number, text)
        }
    }
};
