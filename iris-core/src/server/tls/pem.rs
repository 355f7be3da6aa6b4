//! Certificates and keys in PEM (RFC 7468), and what can be wrong with them.

use super::TlsError;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::fmt;
use std::path::PathBuf;
use webpki::EndEntityCert;

/// Certificates or a key in PEM: a file, which is read again when it changes, or the bytes themselves.
#[derive(Clone)]
pub struct Pem(Place);

#[derive(Clone)]
enum Place {
    File(PathBuf),
    Bytes(Vec<u8>),
}

impl Pem {
    /// What is in this file.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Pem(Place::File(path.into()))
    }

    /// These bytes, which begin with `-----BEGIN`.
    pub fn bytes(bytes: impl Into<Vec<u8>>) -> Self {
        Pem(Place::Bytes(bytes.into()))
    }

    pub(super) fn is_file(&self) -> bool {
        matches!(self.0, Place::File(_))
    }

    /// What is there now. `what` is what it should be, for the message where it cannot be read.
    pub(super) fn read(&self, what: &str) -> Result<Vec<u8>, TlsError> {
        let path = match &self.0 {
            Place::Bytes(bytes) => return Ok(bytes.clone()),
            Place::File(path) => path,
        };
        if path.to_string_lossy().contains("-----BEGIN") {
            return Err(TlsError::new(format!(
                "TLS: where the path of {what} should be is the PEM itself; write `Pem::bytes(..)`"
            )));
        }
        std::fs::read(path).map_err(|error| {
            TlsError::new(format!(
                "TLS: cannot read {what} in {}: {error}",
                path.display()
            ))
        })
    }

    fn wrong(&self, why: impl fmt::Display) -> TlsError {
        TlsError::new(format!("TLS: {self}: {why}"))
    }

    /// The certificates among these bytes, which are this one's; at least one.
    pub(super) fn certificates(
        &self,
        bytes: &[u8],
    ) -> Result<Vec<CertificateDer<'static>>, TlsError> {
        let found: Result<Vec<_>, pem::Error> = CertificateDer::pem_slice_iter(bytes).collect();
        let found = found.map_err(|error| self.wrong(broken(&error)))?;
        if found.is_empty() {
            return Err(self.wrong(match kind(bytes) {
                Kind::Empty => "the file is empty".to_owned(),
                Kind::Der => format!(
                    "this is DER; write it as PEM: `openssl x509 -inform der -in {self} -out cert.pem`"
                ),
                Kind::Key => {
                    "this is a private key and no certificate; are the two swapped?".to_owned()
                }
                Kind::Certificate | Kind::Other => {
                    "there is no certificate in it: no line says `-----BEGIN CERTIFICATE-----`"
                        .to_owned()
                }
            }));
        }
        Ok(found)
    }

    /// A server's own certificate and what leads from it to the root, from these bytes, which are this one's.
    pub(super) fn chain(&self, bytes: &[u8]) -> Result<Vec<CertificateDer<'static>>, TlsError> {
        let chain = self.certificates(bytes)?;
        for (index, certificate) in chain.iter().enumerate() {
            if let Err(error) = EndEntityCert::try_from(certificate) {
                let (number, all) = (index + 1, chain.len());
                return Err(self.wrong(format!(
                    "certificate {number} of {all} in it cannot be understood: {error}"
                )));
            }
        }
        Ok(chain)
    }

    /// The private key among these bytes, which are this one's.
    pub(super) fn key(&self, bytes: &[u8]) -> Result<PrivateKeyDer<'static>, TlsError> {
        let text = String::from_utf8_lossy(bytes);
        if text.contains("ENCRYPTED") {
            return Err(self.wrong(format!(
                "the private key is encrypted; `openssl pkey -in {self} -out plain.key` takes its password off"
            )));
        }
        PrivateKeyDer::from_pem_slice(bytes).map_err(|error| match error {
            pem::Error::NoItemsFound => self.wrong(match kind(bytes) {
                Kind::Empty => "the file is empty".to_owned(),
                Kind::Der => format!(
                    "this is DER; write it as PEM: `openssl pkey -inform der -in {self} -out key.pem`"
                ),
                Kind::Certificate => {
                    "this is a certificate and no private key; are the two swapped?".to_owned()
                }
                Kind::Key | Kind::Other => {
                    "there is no private key in it: no line says `-----BEGIN PRIVATE KEY-----`"
                        .to_owned()
                }
            }),
            error => self.wrong(broken(&error)),
        })
    }
}

/// What bytes that are not what they should be look like.
enum Kind {
    Empty,
    Der,
    Key,
    Certificate,
    Other,
}

fn kind(bytes: &[u8]) -> Kind {
    let text = String::from_utf8_lossy(bytes);
    match () {
        () if bytes.trim_ascii().is_empty() => Kind::Empty,
        // Both begin with a SEQUENCE longer than 127 bytes (X.690, section 8.1.3.5).
        () if bytes.starts_with(b"\x30\x81") || bytes.starts_with(b"\x30\x82") => Kind::Der,
        () if text.contains("PRIVATE KEY-----") => Kind::Key,
        () if text.contains("-----BEGIN CERTIFICATE-----") => Kind::Certificate,
        () => Kind::Other,
    }
}

fn broken(error: &pem::Error) -> String {
    match error {
        pem::Error::MissingSectionEnd { end_marker } => format!(
            "it breaks off: the line `{}` is missing",
            String::from_utf8_lossy(end_marker).trim_end()
        ),
        error => format!("this is no PEM: {error}"),
    }
}

impl fmt::Display for Pem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Place::File(path) => write!(formatter, "{}", path.display()),
            Place::Bytes(_) => formatter.write_str("the given bytes"),
        }
    }
}

impl fmt::Debug for Pem {
    /// Where it is, and not what: that may be a key.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Pem({self})")
    }
}
