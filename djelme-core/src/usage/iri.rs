//! What names platforms, databases and items: absolute IRIs.

/// Checks that the text is an absolute IRI (RFC 3987): a scheme, a colon and something behind it, of letters that an IRI
/// can have; one of `http` or `https` has a host.
///
/// ```
/// use djelme_core::usage::check_iri;
///
/// for iri in ["https://osf.io/a2c3d", "urn:isbn:9780131103627", "doi:10.1000/182", "info:doi/10.1000/182"] {
///     assert_eq!(check_iri(iri), Ok(()));
/// }
/// for other in ["", "osf.io", "/a2c3d", "https:///a2c3d", "https://osf.io/a b", "10.1000/182"] {
///     assert!(check_iri(other).is_err());
/// }
/// ```
///
/// # Errors
/// What is missing, or must not be in it. The text itself is not repeated.
pub fn check_iri(text: &str) -> Result<(), &'static str> {
    if text.trim().is_empty() {
        return Err("it is blank, and must be an absolute IRI such as `https://example.org/item/1`");
    }
    let (scheme, rest) = text.split_once(':').unwrap_or_default();
    let is_scheme = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    if !is_scheme || rest.is_empty() {
        return Err("it is not an absolute IRI, which begins with a scheme: `https://example.org/item/1`, \
             `urn:isbn:9780131103627`, `doi:10.1000/182`");
    }
    if text
        .chars()
        .any(|letter| letter.is_whitespace() || letter.is_control() || "<>\"{}|\\^`".contains(letter))
    {
        return Err(
            "an IRI has no white space, no control characters and none of `<>\"{}|\\^`, nor a backtick: \
             percent-encode them",
        );
    }
    let is_web = scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
    let has_host = rest
        .strip_prefix("//")
        .is_some_and(|rest| !rest.is_empty() && !rest.starts_with(['/', '?', '#', ':']));
    if is_web && !has_host {
        return Err("it names no host: `https://example.org/item/1`");
    }
    Ok(())
}
