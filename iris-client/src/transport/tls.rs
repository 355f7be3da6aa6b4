//! Whom a client trusts, and why a handshake failed.

use super::failure::ConnectFailure;
use crate::{BoxError, IrisError, Status};
use hyper_rustls::ConfigBuilderExt;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{AlertDescription, CertificateError, ClientConfig, RootCertStore};
use std::sync::Arc;

/// Which certificates are trusted.
#[derive(Clone, Debug, Default)]
pub(crate) enum Trust {
    /// Those issued by the public authorities (Mozilla's list).
    #[default]
    Public,
    /// Those issued by these alone.
    Roots(RootCertStore),
    /// Whatever the caller configured.
    Config(Box<ClientConfig>),
}

impl Trust {
    /// Adds a root from PEM text; from the first on, no others are trusted.
    pub(crate) fn add_root(&mut self, pem: &[u8]) -> Result<(), IrisError> {
        let refuse = |why: String| {
            IrisError::communication(
                Status::InvalidArgument,
                format!("the root certificate cannot be used: {why}"),
            )
        };
        let mut roots = match self {
            Trust::Public => RootCertStore::empty(),
            Trust::Roots(roots) => roots.clone(),
            Trust::Config(_) => return Err(exclusive()),
        };
        let before = roots.len();
        for certificate in CertificateDer::pem_slice_iter(pem) {
            let certificate = certificate.map_err(|error| refuse(error.to_string()))?;
            roots
                .add(certificate)
                .map_err(|error| refuse(error.to_string()))?;
        }
        if roots.len() == before {
            return Err(refuse("the PEM text holds no certificate".to_owned()));
        }
        *self = Trust::Roots(roots);
        Ok(())
    }

    /// Leaves everything to a configuration of the caller's.
    pub(crate) fn configure(&mut self, config: ClientConfig) -> Result<(), IrisError> {
        if let Trust::Roots(_) = self {
            return Err(exclusive());
        }
        *self = Trust::Config(Box::new(config));
        Ok(())
    }

    /// The configuration, offering these protocols (ALPN).
    pub(super) fn config(self, protocols: &[&[u8]]) -> Result<Arc<ClientConfig>, IrisError> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| {
                IrisError::communication(Status::Internal, "TLS cannot be set up")
                    .with_source(error)
            })?;
        let mut config = match self {
            Trust::Public => builder.with_webpki_roots().with_no_client_auth(),
            Trust::Roots(roots) => builder.with_root_certificates(roots).with_no_client_auth(),
            Trust::Config(config) => *config,
        };
        config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
        Ok(Arc::new(config))
    }
}

/// A whole configuration has roots already, and none can be added to it.
fn exclusive() -> IrisError {
    IrisError::communication(
        Status::InvalidArgument,
        "tls(config) and root_certificate(pem) exclude each other: \
         put the root into the configuration's RootCertStore, or leave tls(config) out",
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
        Some(other) => format!("TLS: {other}"),
        // Nobody refused anything: the connection went away.
        None => {
            let text = format!("TLS: the handshake broke off: {cause}");
            return ConnectFailure::passing(text, Some(cause));
        }
    };
    ConnectFailure::lasting(text, Some(cause))
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
