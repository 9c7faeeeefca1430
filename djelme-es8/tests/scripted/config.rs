//! Settings: what they accept, and what they say about what they do not.

use std::io::Write as _;
use std::time::Duration;

use djelme_core::Error;
use djelme_core::backend::Backend as _;
use djelme_es8::{Es8, Es8Config};

use crate::server::{Reply, Scripted};

fn refused(config: Es8Config) -> String {
    match Es8::new(config).unwrap_err() {
        Error::Settings(problem) => problem,
        other => panic!("{other:?}"),
    }
}

fn from_json(text: &str) -> Result<Es8Config, String> {
    serde_json::from_str(text).map_err(|error| error.to_string())
}

#[tokio::test]
async fn a_settings_file_says_the_same_as_the_builder() {
    let server = Scripted::start([Reply::Hang]).await;
    let text = format!(
        r#"{{"nodes": ["{}"], "username": "shop", "password": "pw", "request_timeout": "1s",
            "connect_timeout": "2s"}}"#,
        server.url
    );
    let config = from_json(&text).unwrap();
    let built = Es8Config::new([&server.url])
        .basic_auth("shop", "pw")
        .request_timeout(Duration::from_secs(1))
        .connect_timeout(Duration::from_secs(2));
    assert_eq!(format!("{config:?}"), format!("{built:?}"));
    let error = Es8::new(config).unwrap().refresh("a*").await.unwrap_err();
    assert!(matches!(error, Error::Timeout { after, .. } if after == Duration::from_secs(1)));
}

#[test]
fn a_mistake_in_a_settings_file_is_named() {
    let cases = [
        ("{}", "nodes"),
        (r#"{"nodes": ["http://a"], "hosts": []}"#, "unknown field `hosts`"),
        (r#"{"nodes": "http://a"}"#, "`nodes` must be a list of URLs"),
        (r#"{"nodes": ["http://a"], "request_timeout": "30"}"#, "a number and a unit"),
        (r#"{"nodes": ["http://a"], "password": 5}"#, "a secret must be a string"),
    ];
    for (text, part) in cases {
        let message = from_json(text).unwrap_err();
        assert!(message.contains(part), "{message}");
    }
}

#[test]
fn what_cannot_work_is_refused_before_anything_is_sent() {
    let local = || Es8Config::new(["http://localhost:9200"]);
    let cases = [
        (Es8Config::new([""; 0]), "`nodes` is empty"),
        (Es8Config::new(["localhost:9200"]), "`localhost:9200` is not a URL such as"),
        (Es8Config::new(["ftp://localhost"]), "is not a URL such as"),
        (Es8Config::new(["http://"]), "is not a URL such as"),
        (Es8Config::new(["http://localhost?pretty"]), "has a part after `?`"),
        (local().basic_auth("a:b", "c"), "`username` cannot hold `:`"),
        (local().basic_auth("a", "b").bearer("c"), "several ways to log in"),
        (local().api_key("a").bearer("c"), "several ways to log in"),
        (local().api_key(""), "`api_key` is empty"),
        (local().bearer("two\r\nlines"), "`bearer_token` is empty or holds"),
        (local().request_timeout(Duration::ZERO), "`request_timeout` must be longer"),
        (from_json(r#"{"nodes": ["http://a"], "username": "a"}"#).unwrap(), "`password` is not"),
        (from_json(r#"{"nodes": ["http://a"], "password": "a"}"#).unwrap(), "`username` is not"),
    ];
    for (config, part) in cases {
        let problem = refused(config);
        assert!(problem.contains(part), "{problem}");
    }
}

#[test]
fn the_file_of_an_authority_must_be_there_and_sound() {
    let https = || Es8Config::new(["https://localhost:9200"]);
    let missing = refused(https().ca_cert("/no/such/file.pem"));
    assert!(missing.contains("`ca_cert`: /no/such/file.pem cannot be read"), "{missing}");
    let garbled =
        ["", "no certificate at all", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"];
    for text in garbled {
        let path = std::env::temp_dir().join(format!("djelme-es8-{}-{}.pem", std::process::id(), text.len()));
        std::fs::File::create(&path).unwrap().write_all(text.as_bytes()).unwrap();
        let problem = refused(https().ca_cert(&path));
        std::fs::remove_file(&path).unwrap();
        assert!(problem.contains(&path.display().to_string()), "{problem}");
    }
}
