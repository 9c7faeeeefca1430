//! What the secured server needs: certificates of its own authority, a user and a password.

use std::{fs, path::Path};

use anyhow::{Context as _, Result};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};

/// The file of the certificate authority in the folder given to [`write_certificates`].
pub(super) const CA: &str = "ca.pem";
/// The file of an authority that signed nothing.
pub(super) const WRONG_CA: &str = "wrong-ca.pem";
/// The file of the server's certificate.
pub(super) const CERTIFICATE: &str = "http.pem";
/// The file of the server's key.
pub(super) const KEY: &str = "http.key";

/// Writes an authority, a certificate for localhost signed by it with its key, and another authority.
pub(super) fn write_certificates(folder: &Path) -> Result<()> {
    let (ca_pem, issuer) = authority("djelme test authority")?;
    let (wrong_pem, _) = authority("djelme test authority of nothing")?;
    let key = KeyPair::generate()?;
    let mut server = CertificateParams::new(vec!["localhost".to_owned(), "127.0.0.1".to_owned()])?;
    server.distinguished_name.push(DnType::CommonName, "localhost");
    server.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    server.use_authority_key_identifier_extension = true;
    let certificate = server.signed_by(&key, &issuer)?;
    let files =
        [(CA, ca_pem), (WRONG_CA, wrong_pem), (CERTIFICATE, certificate.pem()), (KEY, key.serialize_pem())];
    for (name, text) in files {
        let path = folder.join(name);
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

fn authority(name: &str) -> Result<(String, Issuer<'static, KeyPair>)> {
    let key = KeyPair::generate()?;
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let pem = params.self_signed(&key)?.pem();
    Ok((pem, Issuer::new(params, key)))
}

/// A random password of 32 letters and digits.
pub(super) fn password() -> Result<String> {
    use std::fmt::Write as _;

    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).context("the system has no random numbers")?;
    let mut text = String::new();
    for byte in bytes {
        write!(text, "{byte:02x}")?;
    }
    Ok(text)
}

/// A password as it stands in Elasticsearch's `users` file.
pub(super) fn password_hash(password: &str) -> Result<String> {
    let parts = bcrypt::hash_with_result(password, 10).context("cannot hash the password")?;
    // Elasticsearch refuses the newer prefix `2b` of the same algorithm.
    Ok(parts.format_for_version(bcrypt::Version::TwoA))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_are_pem_and_the_authorities_differ() {
        let base = tempfile::tempdir().unwrap();
        write_certificates(base.path()).unwrap();
        let read = |name: &str| fs::read_to_string(base.path().join(name)).unwrap();
        for name in [CA, WRONG_CA, CERTIFICATE] {
            assert!(read(name).starts_with("-----BEGIN CERTIFICATE-----"), "{name}");
        }
        assert!(read(KEY).starts_with("-----BEGIN PRIVATE KEY-----"));
        assert_ne!(read(CA), read(WRONG_CA));
    }

    #[test]
    fn passwords_are_random_and_hashed_as_elasticsearch_reads_them() {
        let password = password().unwrap();
        assert_eq!(password.len(), 32);
        assert_ne!(password, super::password().unwrap());
        assert!(password_hash(&password).unwrap().starts_with("$2a$10$"));
    }
}
