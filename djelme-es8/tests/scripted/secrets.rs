//! What must never be printed.

use djelme_core::backend::Backend as _;
use djelme_es8::{Es8, Es8Config};

use crate::batch;
use crate::server::{Reply, Scripted, answer, json};

const PASSWORD: &str = "correct-horse";
/// `shop:correct-horse`.
const BASIC: &str = "c2hvcDpjb3JyZWN0LWhvcnNl";
const KEY: &str = "bXkta2V5OmJhdHRlcnktc3RhcGxl";

fn logins(url: &str) -> [(Es8Config, &'static str); 4] {
    let config = || Es8Config::new([url]);
    [
        (config().basic_auth("shop", PASSWORD), "authorization: Basic c2hvcDpjb3JyZWN0LWhvcnNl"),
        (config().api_key(KEY), "authorization: ApiKey bXkta2V5OmJhdHRlcnktc3RhcGxl"),
        (config().api_key("my-key:battery-staple"), "authorization: ApiKey bXkta2V5OmJhdHRlcnktc3RhcGxl"),
        (config().bearer("a.b-c_d=="), "authorization: Bearer a.b-c_d=="),
    ]
}

fn assert_hidden(text: &str) {
    for secret in [PASSWORD, BASIC, KEY, "battery-staple", "a.b-c_d"] {
        assert!(!text.contains(secret), "{text}");
    }
}

#[tokio::test]
async fn each_login_is_sent_and_never_shown() {
    let server =
        Scripted::start([json(401, r#"{"error":{"type":"security_exception","reason":"no"}}"#)]).await;
    for (config, header) in logins(&server.url) {
        assert_hidden(&format!("{config:?} {config:#?}"));
        let es8 = Es8::new(config).unwrap();
        assert_hidden(&format!("{es8:?}"));
        let error = es8.bulk(&batch(&["a"])).await.unwrap_err();
        assert_hidden(&format!("{error} {error:?}"));
        let request = server.requests().pop().unwrap();
        assert!(request.contains(header), "{request}");
    }
}

#[tokio::test]
async fn errors_of_every_sort_hide_the_login() {
    let echo = |status: u16, scheme: &str, secret: &str| {
        answer(status, "", &format!("<pre>Authorization: {scheme} {secret}\nAccept: */*</pre>"))
    };
    let replies = [
        Reply::Cut(String::new()),
        Reply::Cut("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{".into()),
        echo(500, "Basic", BASIC),
        echo(200, "ApiKey", KEY),
        echo(400, "bearer", "a.b-c_d=="),
        json(200, "{\"items\":[]}"),
    ];
    for reply in replies {
        let server = Scripted::start([reply]).await;
        for (config, _) in logins(&server.url) {
            let error = Es8::new(config).unwrap().bulk(&batch(&["a"])).await.unwrap_err();
            assert_hidden(&format!("{error} {error:?}"));
        }
    }
}

#[test]
fn a_login_within_a_url_is_refused_and_not_repeated() {
    for node in [
        "http://shop:correct-horse@localhost:9200",
        "http://correct-horse@localhost:9200",
        "shop:correct-horse@localhost",
        "http:/shop:correct-horse@",
        "http://shop:correct-horse@[::1",
    ] {
        let config = Es8Config::new([node]);
        assert_hidden(&format!("{config:?}"));
        let message = Es8::new(config).unwrap_err().to_string();
        assert_hidden(&message);
        assert!(message.contains("nodes"), "{message}");
    }
    let message = Es8::new(Es8Config::new(["http://a:b@localhost"])).unwrap_err().to_string();
    assert!(message.contains("`username` and `password`"), "{message}");
}

#[test]
fn a_setting_of_the_wrong_type_is_not_repeated() {
    for text in [
        r#"{"nodes": "http://shop:correct-horse@localhost"}"#,
        r#"{"nodes": [["correct-horse"]]}"#,
        r#"{"nodes": [], "password": ["correct-horse"]}"#,
        r#"{"nodes": [], "api_key": {"correct-horse": 1}}"#,
    ] {
        let error = serde_json::from_str::<Es8Config>(text).unwrap_err();
        assert_hidden(&error.to_string());
    }
}
