//! Whom a client trusts, who it says it is, and why a handshake failed.

use super::failure::ConnectFailure;
use super::renewed::{Files, Renewed};
use crate::{BoxError, IrisError, Status};
use hyper_rustls::ConfigBuilderExt;
use rustls::client::Resumption;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{AlertDescription, CertificateError, ClientConfig, RootCertStore};
use std::path::PathBuf;
use std::sync::Arc;

/// Which certificates are trusted, and which one the client has itself.
#[derive(Debug, Default)]
pub(crate) struct Trust {
    roots: Roots,
    identity: Option<Identity>,
}

#[derive(Clone, Debug, Default)]
enum Roots {
    /// Those issued by the public authorities (Mozilla's list).
    #[default]
    Public,
    /// Those issued by these alone.
    Own(RootCertStore),
    /// Whatever the caller configured, which says who the client is too.
    Config(Box<ClientConfig>),
}

/// A certificate with those that issued it, and its key, which is never shown.
#[derive(Debug)]
enum Identity {
    Fixed {
        chain: Vec<CertificateDer<'static>>,
        key: PrivateKeyDer<'static>,
    },
    Renewed(Files),
}

impl Trust {
    /// Adds a root from PEM text; from the first on, no others are trusted.
    pub(crate) fn add_root(&mut self, pem: &[u8]) -> Result<(), IrisError> {
        let refuse = |why: String| unusable("the root certificate", &why);
        let mut roots = match &self.roots {
            Roots::Public => RootCertStore::empty(),
            Roots::Own(roots) => roots.clone(),
            Roots::Config(_) => return Err(exclusive("root_certificate(pem)", PUT_ROOT)),
        };
        for certificate in certificates(pem).map_err(refuse)? {
            roots
                .add(certificate)
                .map_err(|error| refuse(error.to_string()))?;
        }
        self.roots = Roots::Own(roots);
        Ok(())
    }

    /// Takes the client's own certificate and its key from PEM text.
    pub(crate) fn set_identity(&mut self, chain: &[u8], key: &[u8]) -> Result<(), IrisError> {
        if let Roots::Config(_) = self.roots {
            return Err(exclusive("client_certificate(chain, key)", PUT_IDENTITY));
        }
        let chain = certificates(chain).map_err(|why| unusable("the client certificate", &why))?;
        let key = private_key(key)
            .map_err(|why| unusable("the private key of the client certificate", &why))?;
        self.identity = Some(Identity::Fixed { chain, key });
        Ok(())
    }

    /// Takes them from files, which may change.
    pub(crate) fn set_identity_files(
        &mut self,
        chain: PathBuf,
        key: PathBuf,
    ) -> Result<(), IrisError> {
        if let Roots::Config(_) = self.roots {
            let what = "client_certificate_files(chain, key)";
            return Err(exclusive(what, PUT_IDENTITY));
        }
        self.identity = Some(Identity::Renewed(Files { chain, key }));
        Ok(())
    }

    /// Leaves everything to a configuration of the caller's.
    pub(crate) fn configure(&mut self, config: ClientConfig) -> Result<(), IrisError> {
        if let Roots::Own(_) = self.roots {
            return Err(exclusive("root_certificate(pem)", PUT_ROOT));
        }
        if let Some(identity) = &self.identity {
            let what = match identity {
                Identity::Fixed { .. } => "client_certificate(chain, key)",
                Identity::Renewed(_) => "client_certificate_files(chain, key)",
            };
            return Err(exclusive(what, PUT_IDENTITY));
        }
        self.roots = Roots::Config(Box::new(config));
        Ok(())
    }

    /// The configuration, offering these protocols (ALPN).
    pub(super) fn config(&self, protocols: &[&[u8]]) -> Result<Arc<ClientConfig>, IrisError> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .map_err(|error| {
                IrisError::communication(Status::Internal, "TLS cannot be set up")
                    .with_source(error)
            })?;
        let builder = match &self.roots {
            Roots::Public => builder.with_webpki_roots(),
            Roots::Own(roots) => builder.with_root_certificates(roots.clone()),
            Roots::Config(config) => return Ok(offering(ClientConfig::clone(config), protocols)),
        };
        let config = match &self.identity {
            None => builder.with_no_client_auth(),
            Some(Identity::Fixed { chain, key }) => builder
                .with_client_auth_cert(chain.clone(), key.clone_key())
                .map_err(|error| {
                    unusable("the client certificate", &error.to_string()).with_source(error)
                })?,
            Some(Identity::Renewed(files)) => {
                let renewed = Renewed::new(files.clone(), provider);
                let renewed = renewed.map_err(|why| unusable("the client certificate", &why))?;
                let mut config = builder.with_client_cert_resolver(Arc::new(renewed));
                // Who goes on with a session is to its server who began it.
                config.resumption = Resumption::disabled();
                config
            }
        };
        Ok(offering(config, protocols))
    }
}

fn offering(mut config: ClientConfig, protocols: &[&[u8]]) -> Arc<ClientConfig> {
    config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
    Arc::new(config)
}

/// The certificates of PEM text, of which there must be one; or what is wrong with them.
pub(super) fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, String> {
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    match certificates {
        Ok(none) if none.is_empty() => Err("the PEM text holds no certificate".to_owned()),
        Ok(certificates) => Ok(certificates),
        Err(error) => Err(error.to_string()),
    }
}

pub(super) fn private_key(pem: &[u8]) -> Result<PrivateKeyDer<'static>, String> {
    PrivateKeyDer::from_pem_slice(pem).map_err(|error| match error {
        pem::Error::NoItemsFound => "the PEM text holds none that is not encrypted".to_owned(),
        error => error.to_string(),
    })
}

fn unusable(what: &str, why: &str) -> IrisError {
    IrisError::communication(
        Status::InvalidArgument,
        format!("{what} cannot be used: {why}"),
    )
}

const PUT_ROOT: &str = "put the root into the configuration's RootCertStore";
const PUT_IDENTITY: &str = "give the certificate to the configuration's with_client_auth_cert";

/// A whole configuration has roots and a certificate of its own already, and none can be added to it.
fn exclusive(other: &str, instead: &str) -> IrisError {
    IrisError::communication(
        Status::InvalidArgument,
        format!("tls(config) and {other} exclude each other: {instead}, or leave tls(config) out"),
    )
}

/// What went wrong between a connected socket and a secured one.
pub(super) fn failure(cause: BoxError) -> ConnectFailure {
    let text = match crate::fault::find::<rustls::Error>(&*cause) {
        Some(rustls::Error::InvalidCertificate(reason)) => certificate(reason),
        Some(rustls::Error::InvalidMessage(_)) => {
            "TLS: the server does not speak TLS there; if that is intended, write http://"
                .to_owned()
        }
        Some(rustls::Error::AlertReceived(AlertDescription::NoApplicationProtocol)) => {
            no_http2().to_owned()
        }
        Some(rustls::Error::AlertReceived(alert)) if is_about_client(*alert) => {
            refused_client(*alert)
        }
        Some(other) => format!("TLS: {other}"),
        // Nobody refused anything: the connection went away.
        None => {
            let text = format!("TLS: the handshake broke off: {cause}");
            return ConnectFailure::passing(text, Some(cause));
        }
    };
    ConnectFailure::lasting(text, Some(cause))
}

/// That the server does not take the client for whom it says it is, if a connection broke off for that. In TLS 1.3 a
/// client learns of it after its handshake, in place of the first answer (RFC 8446, 4.4.2.4 and appendix E.1.2).
pub(crate) fn refusal(cause: &(dyn std::error::Error + 'static)) -> Option<String> {
    match crate::fault::find::<rustls::Error>(cause)? {
        rustls::Error::AlertReceived(alert) if is_about_client(*alert) => {
            Some(refused_client(*alert))
        }
        _ => None,
    }
}

fn is_about_client(alert: AlertDescription) -> bool {
    matches!(
        alert,
        AlertDescription::AccessDenied
            | AlertDescription::BadCertificate
            | AlertDescription::CertificateExpired
            | AlertDescription::CertificateRequired
            | AlertDescription::CertificateRevoked
            | AlertDescription::CertificateUnknown
            | AlertDescription::UnknownCA
            | AlertDescription::UnsupportedCertificate
    )
}

fn refused_client(alert: AlertDescription) -> String {
    match alert {
        AlertDescription::CertificateRequired => {
            "TLS: the server asks for a client certificate (CertificateRequired); \
             give it one with ClientBuilder::client_certificate"
                .to_owned()
        }
        alert => format!("TLS: the server refuses the client certificate ({alert:?})"),
    }
}

/// The server speaks TLS, but not HTTP/2 inside.
pub(super) fn no_http2() -> &'static str {
    "TLS: the server does not offer HTTP/2 (ALPN `h2`), which this call needs"
}

fn certificate(reason: &CertificateError) -> String {
    match reason {
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            format!("TLS: the server's certificate is for another name: {reason}")
        }
        CertificateError::UnknownIssuer => {
            "TLS: the issuer of the server's certificate is not trusted (unknown issuer); \
             add its root with ClientBuilder::root_certificate"
                .to_owned()
        }
        reason => format!("TLS: the server's certificate is not valid: {reason}"),
    }
}
