//! Certificates and keys in files, and what is wrong with some.

use super::{address, gate, pem, ping, start_error};
use crate::certificates::{Authority, Certificate, Connecting};
use iris_core::{Pem, Tls};
use std::path::{Path, PathBuf};

/// A folder with a certificate and its key.
pub(super) struct Files {
    pub(super) folder: tempfile::TempDir,
}

impl Files {
    pub(super) fn new(certificate: &Certificate) -> Self {
        let files = Files {
            folder: tempfile::tempdir().unwrap(),
        };
        files.put(certificate);
        files
    }

    pub(super) fn certificates(&self) -> PathBuf {
        self.folder.path().join("server.pem")
    }

    pub(super) fn key(&self) -> PathBuf {
        self.folder.path().join("server.key")
    }

    pub(super) fn put(&self, certificate: &Certificate) {
        std::fs::write(self.certificates(), &certificate.pem).unwrap();
        std::fs::write(self.key(), &certificate.key).unwrap();
    }

    pub(super) fn tls(&self) -> Tls {
        Tls::from_files(self.certificates(), self.key())
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_file_is_told_at_the_start() {
    let authority = Authority::new();
    let own = authority.issue("localhost");
    let other = authority.issue("localhost");
    let cut = own.pem.replace("-----END CERTIFICATE-----", "");
    let encrypted = own.key.replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY");
    let garbled = own.pem.replacen("MII", "AAA", 1);
    for (certificates, key, expected) in [
        ("", own.key.as_str(), "server.pem: the file is empty"),
        (
            "hello",
            &own.key,
            "server.pem: there is no certificate in it",
        ),
        (&own.key, &own.key, "server.pem: this is a private key"),
        (&cut, &own.key, "server.pem: it breaks off"),
        (
            &garbled,
            &own.key,
            "server.pem: certificate 1 of 1 in it cannot be understood",
        ),
        (&own.pem, "", "server.key: the file is empty"),
        (
            &own.pem,
            "hello",
            "server.key: there is no private key in it",
        ),
        (&own.pem, &own.pem, "server.key: this is a certificate"),
        (
            &own.pem,
            &encrypted,
            "server.key: the private key is encrypted",
        ),
        (
            &own.pem,
            &other.key,
            "server.key is not that of the first certificate",
        ),
    ] {
        let files = Files::new(&own);
        std::fs::write(files.certificates(), certificates).unwrap();
        std::fs::write(files.key(), key).unwrap();
        let error = start_error(files.tls()).await;
        assert!(error.contains(expected), "{expected}: {error}");
    }

    let files = Files::new(&own);
    std::fs::write(files.certificates(), super::reload::der(&own)).unwrap();
    let error = start_error(files.tls()).await;
    assert!(error.contains("server.pem: this is DER"), "{error}");

    let files = Files::new(&own);
    let missing = Tls::from_files(
        files.certificates(),
        files.folder.path().join("missing.key"),
    );
    let error = start_error(missing).await;
    assert!(
        error.contains("cannot read the private key in") && error.contains("missing.key"),
        "{error}"
    );
    let authorities = files
        .tls()
        .require_client_certificates(Pem::file(files.key()));
    let error = start_error(authorities).await;
    assert!(
        error.contains("server.key: this is a private key"),
        "{error}"
    );
    let confused = Tls::from_files(Path::new(&own.pem), files.key());
    let error = start_error(confused).await;
    assert!(error.contains("Pem::bytes"), "{error}");
    assert!(!format!("{:?}", pem(&own)).contains("PRIVATE"));
}

#[tokio::test]
async fn certificate_and_key_may_share_a_file() {
    let authority = Authority::new();
    let own = authority.issue("localhost");
    let both = format!("{}{}", own.key, own.pem);
    let tls = Tls::from_pem(Pem::bytes(both.as_str()), Pem::bytes(both.as_str()));
    let (running, _) = gate(tls).await;
    let connecting = Connecting::trusting(&authority);
    assert_eq!(ping(&connecting, address(&running)).await.unwrap(), 200);
}
