//! The ways to log in.

use djelme_core::ErrorKind;
use djelme_core::backend::Backend as _;
use djelme_es8::{Es8, Es8Config};
use djelme_tests::server::prefix;
use elasticsearch::http::Method;

use crate::{ApiKey, must, trusting, variable};

async fn refused(config: Es8Config) -> String {
    let error = Es8::new(config).unwrap().refresh("djelme-none-*").await.unwrap_err();
    assert_eq!(error.backend_kind(), Some(ErrorKind::Unauthorized), "{error}");
    format!("{error} {error:?}")
}

#[tokio::test]
async fn a_wrong_password_is_refused_and_not_repeated() {
    let message = refused(trusting().basic_auth(variable("USER"), "wrong-password")).await;
    assert!(message.contains("security_exception") && !message.contains("wrong-password"), "{message}");
    refused(trusting().basic_auth("nobody", variable("PASSWORD"))).await;
    refused(trusting()).await;
}

#[tokio::test]
async fn both_forms_of_an_api_key_work() {
    let key = ApiKey::new(&prefix("key"), None).await;
    for form in [key.encoded.clone(), format!("{}:{}", key.id, key.key)] {
        Es8::new(trusting().api_key(form)).unwrap().server().await.unwrap();
    }
    let message = refused(trusting().api_key(format!("{}:wrong-key", key.id))).await;
    assert!(!message.contains("wrong-key"), "{message}");
    let encoded = key.encoded.clone();
    key.revoke().await;
    refused(trusting().api_key(encoded)).await;
}

/// Tokens of users need a licence that test servers do not have; those of service accounts do not.
#[tokio::test]
async fn a_bearer_token_works() {
    let name = prefix("token");
    let path = format!("_security/service/elastic/fleet-server/credential/token/{name}");
    let answer = must(Method::Post, &path, None).await;
    let token = answer["token"]["value"].as_str().unwrap();
    Es8::new(trusting().bearer(token)).unwrap().server().await.unwrap();
    refused(trusting().bearer("wrong-token")).await;
    must(Method::Delete, &path, None).await;
}
