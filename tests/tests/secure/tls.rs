//! Whom the client trusts.

use djelme_core::ErrorKind;
use djelme_core::backend::Backend as _;
use djelme_es8::{Es8, Es8Config};

use crate::{superuser, variable};

#[tokio::test]
async fn the_right_authority_is_trusted() {
    assert_eq!(superuser().server().await.unwrap().product, "elasticsearch");
}

#[tokio::test]
async fn any_other_authority_is_not_and_no_password_is_sent() {
    let password = variable("PASSWORD");
    let config = || Es8Config::new([variable("URL")]).basic_auth(variable("USER"), password.as_str());
    for config in [config(), config().ca_cert(variable("WRONG_CA"))] {
        let error = Es8::new(config).unwrap().server().await.unwrap_err();
        assert_eq!(error.backend_kind(), Some(ErrorKind::Unreachable));
        let message = error.to_string();
        assert!(message.contains("certificate") && message.contains("`ca_cert`"), "{message}");
        assert!(!message.contains(&password), "{message}");
    }
}

#[tokio::test]
async fn plain_http_gets_a_hint() {
    let url = variable("URL").replace("https:", "http:");
    let error = Es8::new(Es8Config::new([url])).unwrap().server().await.unwrap_err();
    assert!(error.to_string().contains("if the node wants TLS, its URL begins with `https`"), "{error}");
}
