//! Ids: the rows of the conformance cases by their names. Expected texts and ids come from the Python package.

#![allow(clippy::unwrap_used, clippy::panic)] // also in the helpers of the tests

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, NaiveDate, Utc};
use djelme_core::Error;
use djelme_core::identity::{KeyPart, OpaqueKey, PythonPart, event_id, opaque_key};
use djelme_core::time::{Cycle, Month, TimeParts};
use proptest::prelude::*;
use serde::Deserialize;

const ONE: &str = "@aisIS|JC5j~7|{5NDk<*uOm%zV%9>_@^Vlrp7{{npZH6{7=<76bxuFGzKH5#I?S!L~NROx>+-;rZ3ZL";
const NONE: &str = "z^y5|vMk3HJS711!zN)@jC(KdNS9|-;;4f*5`wEj0E=7K-dmO88s=PxDgHi6*3TpH?Q^9Sr<gYfa<Z~=";

fn key(parts: &[&dyn KeyPart]) -> Result<String, Error> {
    let mut key = OpaqueKey::new();
    for &part in parts {
        key.part("field", part);
    }
    key.finish()
}

fn text(part: &dyn KeyPart) -> String {
    let mut text = String::new();
    part.append_key_text(&mut text).unwrap();
    text
}

#[test]
fn k1_eighty_characters_of_ascii() {
    let id = opaque_key(["\u{0}\u{7f}\"\\/\u{8}\u{c}\n\r\t\u{2028}", ""]).unwrap();
    assert_eq!(id.len(), 80);
    assert_eq!(id, r#"DcA)Pvp7O*1+MJCzoV)U<^MH*9_0s$$;XT<-;08O`Tyx^R1?T^uaEM^NwMqUh-0e^W95I-bO`Gj`u5<$"#);
}

#[test]
fn k2_one_part() {
    let hello = "V0`d<8NsX5UQjv_YK_fD+9!nr;^?`WvJ%~vB<}v4=Gsk7VRO#CB5!jR?223lNbvbOIvX_7sNpXimPncE";
    assert_eq!(key(&[&"hello"]).unwrap(), hello);
    assert_eq!(opaque_key(["hello"]).unwrap(), hello);
}

#[test]
fn k3_three_parts() {
    let hello = "*58u_=`?3#G!N(%j!3kqU7#Npt>Xvj=|3<75BRoi$0j;F-*3V+Cc?P1FvcVW76T_`5^NaI*_3787SsBn";
    assert_eq!(key(&[&"hello", &"hello".to_owned(), &Some("hello")]).unwrap(), hello);
}

#[test]
fn k4_letters_beyond_ascii() {
    let id = "`gxx@bt<sH;Hqq9K;vmt9p+~d)v0$TZha|6tY)y4pIXvM-HoSv`)-@BI?n};I197`&Kqm#826hJyD~A~";
    assert_eq!(key(&[&"\u{e9}"]).unwrap(), id);
}

#[test]
fn k5_letters_beyond_sixteen_bits() {
    let id = "E`o#vE42NbUrw+(j=?$EZqr!P>S(>&t6uBhdS&)Y%&W$)T{5a|^!jh`>d+LiL>2;8A66OYUo?(F&N-K?";
    assert_eq!(key(&[&"\u{1f600}"]).unwrap(), id);
}

#[test]
fn k6_numbers_are_their_text_and_nothing_is_an_error() {
    assert_eq!(key(&[&1_i32]).unwrap(), ONE);
    assert_eq!(key(&[&1_u64]).unwrap(), ONE);
    assert_eq!(key(&[&"1"]).unwrap(), ONE);
    assert!(key(&[]).is_err());
    assert!(opaque_key::<&str>([]).is_err());
}

#[test]
fn k7_a_missing_part_is_an_error_that_names_the_field() {
    assert_eq!(opaque_key(["None"]).unwrap(), NONE);
    let mut key = OpaqueKey::new();
    key.part("thing_id", &None::<String>);
    key.part("other", &f64::NAN);
    match key.finish() {
        Err(Error::Record { field, reason, .. }) => {
            assert_eq!(field, "thing_id");
            assert!(reason.contains("None"), "{reason}");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn k8_a_list_as_python_writes_it() {
    let id = "7wqt_2H5D78}`_ASC!LEfclX8h`ML$(7SSO_QhYv!wB9#>D~3sCT%ZBRugHfl!)u<Ef8e64I*;frKP_!";
    assert_eq!(opaque_key(["['view', 'web']"]).unwrap(), id);
}

#[test]
fn k7_k8_what_only_the_package_takes() {
    let python = |part: &dyn PythonPart| {
        let mut key = OpaqueKey::python();
        key.python_part("field", part);
        key.finish().unwrap()
    };
    assert_eq!(python(&None::<String>), NONE);
    let labels = "7wqt_2H5D78}`_ASC!LEfclX8h`ML$(7SSO_QhYv!wB9#>D~3sCT%ZBRugHfl!)u<Ef8e64I*;frKP_!";
    assert_eq!(python(&vec!["view", "web"]), labels);
    assert_eq!(python(&Some(vec!["view".to_owned(), "web".to_owned()])), labels);
    assert_eq!(python(&None::<Vec<String>>), NONE);
    let mut key = OpaqueKey::python();
    key.part("thing_id", &None::<String>);
    assert_eq!(key.finish().unwrap(), NONE);
    assert!(OpaqueKey::python().finish().is_err());
}

#[derive(Deserialize)]
struct Row {
    parts: Vec<Part>,
    key: String,
}

/// One value of a type, a missing one, or a list.
#[derive(Deserialize)]
struct Part {
    #[serde(rename = "type")]
    name: String,
    #[serde(default)]
    value: serde_json::Value,
    list: Option<Vec<serde_json::Value>>,
}

impl Part {
    fn of<T: KeyPart + 'static>(
        &self,
        read: impl Fn(&serde_json::Value) -> Option<T>,
    ) -> Box<dyn PythonPart> {
        match &self.list {
            Some(list) => Box::new(list.iter().map(read).collect::<Vec<_>>()),
            None => Box::new(read(&self.value)),
        }
    }

    fn value(&self) -> Box<dyn PythonPart> {
        match self.name.as_str() {
            "str" => self.of(|value| value.as_str().map(str::to_owned)),
            "int" => self.of(serde_json::Value::as_i64),
            "bool" => self.of(serde_json::Value::as_bool),
            "float" => self.of(|value| value.as_str().map(|text| text.parse::<f64>().unwrap())),
            "date" => self.of(|value| value.as_str().map(|text| text.parse::<NaiveDate>().unwrap())),
            "datetime" => self.of(|value| value.as_str().map(|text| text.parse::<DateTime<Utc>>().unwrap())),
            other => panic!("{other}"),
        }
    }
}

#[test]
fn k_l8_keys_are_those_of_python() {
    let mut rows = 0;
    for line in include_str!("data/opaque_keys.jsonl").lines() {
        let row: Row = serde_json::from_str(line).unwrap();
        let mut key = OpaqueKey::python();
        for part in &row.parts {
            key.python_part("field", &*part.value());
        }
        assert_eq!(key.finish().unwrap(), row.key, "{line}");
        rows += 1;
    }
    assert!(rows >= 100);
}

#[test]
fn k9_c1_cyclic() {
    let id = "^@<F0G&yg!@+4D_Djx#j7SL$Ht53m;RV7^weneqU$T0Jfb;i#8Ve!MqV-yCv8ZDA`u$bHQfmZ@`)V1!P";
    for given in ["2000.2", "2000.02", "2000-02-15", "2000.2.15"] {
        let cycle = Cycle::<Month>::new(given).unwrap();
        assert_eq!(key(&[&cycle, &"b"]).unwrap(), id);
    }
    assert_eq!(key(&[&TimeParts::parse("2000.2").unwrap(), &"b"]).unwrap(), id);
}

#[test]
fn l8_text_of_values_as_python_writes_them() {
    let second: DateTime<Utc> = "2026-01-02T03:04:05Z".parse().unwrap();
    assert_eq!(text(&second), "2026-01-02 03:04:05+00:00");
    assert_eq!(
        text(&DateTime::parse_from_rfc3339("2026-01-02T05:04:05+02:00").unwrap()),
        "2026-01-02 03:04:05+00:00"
    );
    let micros: DateTime<Utc> = "2026-01-02T03:04:05.00012345Z".parse().unwrap();
    assert_eq!(text(&micros), "2026-01-02 03:04:05.000123+00:00");
    assert_eq!(text(&NaiveDate::from_ymd_opt(2026, 1, 2).unwrap()), "2026-01-02");
    assert_eq!((text(&true), text(&false)), ("True".to_owned(), "False".to_owned()));
    assert_eq!(text(&i128::MIN), i128::MIN.to_string());
}

#[test]
fn l8_floats_as_python_writes_them() {
    for (float, expected) in [
        (1.0, "1.0"),
        (1e22, "1e+22"),
        (0.0, "0.0"),
        (-0.0, "-0.0"),
        (0.1, "0.1"),
        (-12.5, "-12.5"),
        (100.0, "100.0"),
        (0.0001, "0.0001"),
        (0.00001, "1e-05"),
        (1.25e-7, "1.25e-07"),
        (123_456_789.125, "123456789.125"),
        (9_999_999_999_999_998.0, "9999999999999998.0"),
        (1e16, "1e+16"),
        (1.5e16, "1.5e+16"),
        (5e-324, "5e-324"),
        (f64::MAX, "1.7976931348623157e+308"),
        (-1.5e-10, "-1.5e-10"),
        (3_245_504_076_419_233.0 / 4.0, "811376019104808.2"),
        (0.001_234, "0.001234"),
    ] {
        assert_eq!(text(&float), expected);
    }
    assert_eq!(text(&0.1_f32), "0.1");
    for float in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        assert!(key(&[&float]).is_err());
    }
}

#[test]
fn event_ids_are_uuids_of_version_7() {
    let at: DateTime<Utc> = "2026-02-14T12:00:00.123Z".parse().unwrap();
    let random = [0xff; 10];
    let bytes = URL_SAFE_NO_PAD.decode(event_id(at, random).as_str()).unwrap();
    let uuid = uuid::Uuid::from_slice(&bytes).unwrap();
    assert_eq!(
        uuid,
        uuid::Builder::from_unix_timestamp_millis(at.timestamp_millis() as u64, &random).into_uuid()
    );
    assert_eq!(uuid.get_version_num(), 7);
    assert_eq!(
        i64::from_be_bytes([0, 0, bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5]]),
        at.timestamp_millis()
    );
    assert_eq!(
        event_id("1969-01-01T00:00:00Z".parse().unwrap(), random),
        event_id(DateTime::UNIX_EPOCH, random)
    );
    assert_eq!(event_id(at, random).to_string().as_bytes(), event_id(at, random).as_bytes());
}

proptest! {
    #[test]
    fn event_ids_are_base64_of_the_uuid(millis in 0_i64..253_402_300_800_000, random in any::<[u8; 10]>()) {
        let uuid = uuid::Builder::from_unix_timestamp_millis(millis as u64, &random).into_uuid();
        let id = event_id(DateTime::from_timestamp_millis(millis).unwrap(), random);
        prop_assert_eq!(id.as_str(), URL_SAFE_NO_PAD.encode(uuid.as_bytes()));
    }

    #[test]
    fn floats_read_back(float in any::<f64>().prop_filter("finite", |float| float.is_finite())) {
        prop_assert_eq!(text(&float).parse::<f64>().unwrap(), float);
    }

    #[test]
    fn both_forms_agree_on_what_the_strict_one_takes(
        text in any::<String>(), integer in any::<i64>(), float in any::<f64>(), truth in any::<bool>(),
        seconds in -62_135_596_800_i64..253_402_300_800, missing in any::<bool>(),
    ) {
        let at = DateTime::from_timestamp(seconds, 0).unwrap();
        let last = (!missing).then_some(text.as_str());
        let parts: [&dyn KeyPart; 7] = [&text, &integer, &float, &truth, &at, &at.date_naive(), &last];
        let (mut strict, mut python) = (OpaqueKey::new(), OpaqueKey::python());
        for part in parts {
            strict.part("field", part);
            python.part("field", part);
        }
        let python = python.finish().unwrap();
        match strict.finish() {
            Ok(strict) => prop_assert_eq!(strict, python),
            Err(_) => prop_assert!(missing || !float.is_finite()),
        }
    }

    #[test]
    fn ids_tell_parts_apart(one in "\\PC*", other in "\\PC*") {
        let (two, joined) = (opaque_key([&one, &other]).unwrap(), opaque_key([format!("{one}{other}")]).unwrap());
        prop_assert_eq!(two.len(), 80);
        prop_assert_ne!(two, joined);
    }
}
