#[derive(Properties)]
#[djelme(crate = "crate::reexported::djelme")]
pub(crate) struct Customer {
    name: String,
}
