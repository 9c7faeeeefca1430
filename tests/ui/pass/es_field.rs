//! Enums of names and newtypes are fields.
use djelme::field::kind::Kind;
use djelme::identity::{KeyPart, OpaqueKey};
use djelme::{EsField, EventRecord, prelude::*};
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Serialize, Deserialize, EsField)]
#[serde(rename_all = "lowercase")]
enum Cabin {
    First,
    Economy = 1 + 2,
}

#[derive(Clone, Copy, Serialize, Deserialize, EsField)]
struct Miles(u32);

#[derive(Serialize, Deserialize, EsField)]
#[serde(transparent)]
struct Seat {
    #[serde(skip)]
    seen: bool,
    r#type: Option<Cabin>,
}

#[derive(Serialize, Deserialize, EsField)]
#[serde(transparent)]
struct Tags {
    tags: Vec<String>,
    #[serde(skip)]
    seen: bool,
}

#[derive(Serialize, Deserialize, EventRecord)]
#[djelme(app_label = "flights")]
struct Ticket {
    cabin: Cabin,
    other_cabins: Option<Vec<Cabin>>,
    miles: Miles,
    tags: Tags,
}

#[derive(Serialize, Deserialize, EventRecord)]
#[djelme(app_label = "flights", unique_together(seat, miles, row))]
struct Boarding {
    seat: Seat,
    miles: Option<Miles>,
    row: char,
}

fn kind<T: EsField>() -> &'static str {
    assert_eq!(T::MAPPING.es_type, T::Kind::NAME);
    T::Kind::NAME
}

fn main() {
    assert_eq!([kind::<Cabin>(), kind::<Miles>(), kind::<Tags>()], ["keyword", "long", "keyword"]);
    let id = |part: &dyn KeyPart| {
        let mut key = OpaqueKey::new();
        key.part("cabin", part);
        key.finish().unwrap()
    };
    assert_eq!(id(&Cabin::First), id(&"first"));
    assert_eq!(id(&Miles(500)), id(&500));
    assert_eq!(id(&Seat { seen: true, r#type: Some(Cabin::Economy) }), id(&"economy"));
    let f = Ticket::fields();
    let _ = Ticket::search().filter(f.cabin.eq(Cabin::First)).filter(f.other_cabins.is_in([&Cabin::Economy]));
    let _ = Ticket::search().filter(f.miles.gte(Miles(500))).aggregate(&sum("miles", f.miles));
}
