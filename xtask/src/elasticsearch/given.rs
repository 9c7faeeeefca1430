//! Servers whose URL is given in the environment: nothing is started for them.

use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};

use super::{Major, ServerHandle, Spec, http::Client};

/// The variable that gives the server's URL.
pub(super) fn variable(spec: Spec) -> &'static str {
    match (spec.major, spec.secure) {
        (Major::Eight, false) => "DJELME_TEST_ES8_URL",
        (Major::Nine, false) => "DJELME_TEST_ES9_URL",
        (Major::Eight, true) => "DJELME_TEST_SECURE_URL",
        (Major::Nine, true) => "DJELME_TEST_SECURE9_URL",
    }
}

/// The server of the environment.
pub(super) fn handle(spec: Spec) -> Result<Option<ServerHandle>> {
    handle_from(spec, |name| std::env::var(name).ok().filter(|value| !value.is_empty()))
}

fn handle_from(spec: Spec, get: impl Fn(&str) -> Option<String>) -> Result<Option<ServerHandle>> {
    let url_name = variable(spec);
    let Some(url) = get(url_name) else { return Ok(None) };
    if !spec.secure {
        return Ok(Some(ServerHandle {
            url,
            ca_path: None,
            wrong_ca_path: None,
            user: None,
            password: None,
        }));
    }
    let stem = url_name.trim_end_matches("URL");
    let names = ["CA", "WRONG_CA", "USER", "PASSWORD"].map(|end| format!("{stem}{end}"));
    let [Some(ca), Some(wrong_ca), Some(user), Some(password)] = names.each_ref().map(|name| get(name))
    else {
        bail!("{url_name} is set, so all of {} must be set too", names.join(", "));
    };
    Ok(Some(ServerHandle {
        url,
        ca_path: Some(PathBuf::from(ca)),
        wrong_ca_path: Some(PathBuf::from(wrong_ca)),
        user: Some(user),
        password: Some(password),
    }))
}

/// The version that a given server states, which must be of the major version asked for.
pub(super) fn version(spec: Spec, handle: &ServerHandle) -> Result<String> {
    let name = variable(spec);
    let version = Client::new(handle)?
        .version()
        .with_context(|| format!("the server of {name} ({}) does not answer", without_user(&handle.url)))?;
    let major = spec.key();
    let major = major.trim_end_matches("-secure");
    if !version.starts_with(&format!("{major}.")) {
        bail!("the server of {name} is Elasticsearch {version}, but {major} is wanted");
    }
    Ok(version)
}

/// A URL as it may be printed.
fn without_user(url: &str) -> String {
    match url.split_once("://") {
        Some((scheme, rest)) => {
            let end = rest.find('/').unwrap_or(rest.len());
            let begin = rest[..end].rfind('@').map_or(0, |at| at + 1);
            format!("{scheme}://{}", &rest[begin..])
        }
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Spec = Spec { major: Major::Nine, secure: false };
    const SECURE: Spec = Spec { major: Major::Eight, secure: true };

    #[test]
    fn a_plain_server_needs_its_url_only() {
        assert_eq!(handle_from(PLAIN, |_| None).unwrap(), None);
        let found = handle_from(PLAIN, |name| (name == "DJELME_TEST_ES9_URL").then(|| "http://h:1".into()));
        assert_eq!(found.unwrap().unwrap().url, "http://h:1");
    }

    #[test]
    fn a_secured_server_needs_all_five() {
        let error = handle_from(SECURE, |name| (name != "DJELME_TEST_SECURE_CA").then(|| "x".into()));
        assert!(error.unwrap_err().to_string().contains("DJELME_TEST_SECURE_CA"));
        let found = handle_from(SECURE, |name| Some(name.to_owned())).unwrap().unwrap();
        assert_eq!(found.user.as_deref(), Some("DJELME_TEST_SECURE_USER"));
        assert_eq!(found.wrong_ca_path.unwrap().to_str(), Some("DJELME_TEST_SECURE_WRONG_CA"));
    }

    #[test]
    fn no_password_is_printed() {
        assert_eq!(without_user("https://me:p@ss@host:9200/x@y"), "https://host:9200/x@y");
        assert_eq!(without_user("http://host"), "http://host");
    }
}
