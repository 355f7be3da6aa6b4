//! From settings and files to a configuration of rustls.

use super::{Pem, TlsError};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::{NoServerSessionStorage, WebPkiClientVerifier};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{Error, RootCertStore, ServerConfig};
use std::fmt;
use std::sync::Arc;
use webpki::{EndEntityCert, KeyUsage};

/// Where a configuration comes from.
#[derive(Debug)]
pub(super) enum Source {
    Keys(Keys),
    /// The user's own.
    Config(Arc<ServerConfig>),
    /// The user's own, and settings that it would have to hold itself.
    Contradiction,
}

/// Certificates, and what becomes of those of callers.
#[derive(Debug)]
pub(super) struct Keys {
    pub(super) certificates: Pem,
    pub(super) key: Pem,
    pub(super) clients: Clients,
}

/// Whether callers show certificates of their own, and the authorities these are from.
#[derive(Debug)]
pub(super) enum Clients {
    Unasked,
    Allowed(Pem),
    Required(Pem),
}

/// What the places of a source hold at one moment.
#[derive(Hash, Default)]
pub(super) struct Contents {
    certificates: Vec<u8>,
    key: Vec<u8>,
    authorities: Vec<u8>,
}

/// What new connections can be secured with.
pub(super) struct Usable {
    pub(super) config: Arc<ServerConfig>,
    /// What clients will not like about it.
    pub(super) warning: Option<String>,
}

/// What is offered in the handshake (RFC 7301; the names are HTTP's in RFC 9113, section 3.2, and RFC 9112).
const PROTOCOLS: [&[u8]; 2] = [b"h2", b"http/1.1"];

impl Source {
    /// Whether there is anything that changes by itself.
    pub(super) fn has_files(&self) -> bool {
        let Source::Keys(keys) = self else {
            return false;
        };
        let authorities = keys.clients.authorities().is_some_and(Pem::is_file);
        keys.certificates.is_file() || keys.key.is_file() || authorities
    }

    pub(super) fn read(&self) -> Result<Contents, TlsError> {
        let Source::Keys(keys) = self else {
            return Ok(Contents::default());
        };
        Ok(Contents {
            certificates: keys.certificates.read("the certificates")?,
            key: keys.key.read("the private key")?,
            authorities: match keys.clients.authorities() {
                Some(authorities) => authorities.read("the authorities of callers")?,
                None => Vec::new(),
            },
        })
    }

    pub(super) fn config(&self, contents: &Contents) -> Result<Usable, TlsError> {
        match self {
            Source::Keys(keys) => keys.config(contents),
            Source::Config(config) => {
                let mut config = config.clone();
                if config.alpn_protocols.is_empty() {
                    Arc::make_mut(&mut config).alpn_protocols = protocols();
                }
                Ok(Usable {
                    config,
                    warning: None,
                })
            }
            Source::Contradiction => Err(TlsError::new(
                "TLS: a configuration of your own says itself which client certificates it takes \
                 (`with_client_cert_verifier`); leave require_client_certificates and allow_client_certificates out",
            )),
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Keys(keys) => write!(formatter, "the certificate in {}", keys.certificates),
            Source::Config(_) | Source::Contradiction => {
                formatter.write_str("another configuration")
            }
        }
    }
}

impl Clients {
    fn authorities(&self) -> Option<&Pem> {
        match self {
            Clients::Unasked => None,
            Clients::Allowed(authorities) | Clients::Required(authorities) => Some(authorities),
        }
    }
}

impl Keys {
    fn config(&self, contents: &Contents) -> Result<Usable, TlsError> {
        // Another one that the process has chosen, such as a certified one, is kept to.
        let provider = CryptoProvider::get_default()
            .cloned()
            .unwrap_or_else(|| Arc::new(rustls::crypto::ring::default_provider()));
        let certified = self.certified(contents, &provider)?;
        let warning = out_of_date(&certified.cert).map(|why| {
            let certificates = &self.certificates;
            format!("TLS: the certificate in {certificates} {why}; clients will refuse it")
        });
        let builder = ServerConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .map_err(|error| {
                TlsError::new(format!("TLS: the process's own cryptography: {error}"))
            })?;
        let builder = match &self.clients {
            Clients::Unasked => builder.with_no_client_auth(),
            Clients::Allowed(authorities) | Clients::Required(authorities) => {
                let roots = roots(authorities, &contents.authorities)?;
                let verifier = WebPkiClientVerifier::builder_with_provider(roots, provider);
                let verifier = match &self.clients {
                    Clients::Required(_) => verifier,
                    _ => verifier.allow_unauthenticated(),
                };
                let verifier = verifier
                    .build()
                    .map_err(|error| TlsError::new(format!("TLS: {authorities}: {error}")))?;
                builder.with_client_cert_verifier(verifier)
            }
        };
        let mut config = builder.with_cert_resolver(Arc::new(SingleCertAndKey::from(certified)));
        config.alpn_protocols = protocols();
        if self.clients.authorities().is_some() {
            // A resumed session would let a certificate in that has expired since.
            config.session_storage = Arc::new(NoServerSessionStorage {});
            config.send_tls13_tickets = 0;
        }
        Ok(Usable {
            config: Arc::new(config),
            warning,
        })
    }

    fn certified(
        &self,
        contents: &Contents,
        provider: &CryptoProvider,
    ) -> Result<CertifiedKey, TlsError> {
        let Keys {
            certificates, key, ..
        } = self;
        let chain = certificates.chain(&contents.certificates)?;
        let private = key.key(&contents.key)?;
        CertifiedKey::from_der(chain, private, provider).map_err(|error| {
            TlsError::new(match error {
                Error::InconsistentKeys(_) => format!(
                    "TLS: the private key in {key} is not that of the first certificate in {certificates}; \
                     the server's own certificate comes first, then those of its issuers"
                ),
                error => format!("TLS: {key}: the private key cannot be used: {error}"),
            })
        })
    }
}

fn roots(authorities: &Pem, contents: &[u8]) -> Result<Arc<RootCertStore>, TlsError> {
    let mut roots = RootCertStore::empty();
    for certificate in authorities.certificates(contents)? {
        roots
            .add(certificate)
            .map_err(|error| TlsError::new(format!("TLS: {authorities}: {error}")))?;
    }
    Ok(Arc::new(roots))
}

fn protocols() -> Vec<Vec<u8>> {
    PROTOCOLS.map(<[u8]>::to_vec).into()
}

/// Says where clients will find the server's certificate too old, or too new.
fn out_of_date(chain: &[CertificateDer<'_>]) -> Option<String> {
    let now = UnixTime::now();
    let own = EndEntityCert::try_from(chain.first()?).ok()?;
    // Without roots it fails in any case; that it is out of date is found before.
    let failed = own.verify_for_usage(&[], &[], &[], now, KeyUsage::server_auth(), None, None);
    let days = |from: UnixTime, to: UnixTime| to.as_secs().saturating_sub(from.as_secs()) / 86_400;
    match failed.err()? {
        webpki::Error::CertExpired { not_after, .. } => {
            Some(format!("expired {} days ago", days(not_after, now)))
        }
        webpki::Error::CertNotValidYet { not_before, .. } => Some(format!(
            "is not valid for another {} days",
            days(now, not_before)
        )),
        _ => None,
    }
}
