use djelme::Properties;

#[derive(Properties)]
union Bits {
    float: f32,
}

fn main() {}
