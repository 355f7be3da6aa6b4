//! TLS with the certificates that the suite made.

use crate::suite::TlsCreds;
use iris_client::rustls::pki_types::pem::PemObject;
use iris_client::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use iris_client::rustls::{ClientConfig, RootCertStore};

/// Trusts the server's certificate, and shows the client's own where it has one.
pub(super) fn config(server: &[u8], own: Option<&TlsCreds>) -> Result<ClientConfig, String> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates(server)? {
        roots.add(certificate).map_err(unusable)?;
    }
    let config = ClientConfig::builder().with_root_certificates(roots);
    let Some(own) = own else {
        return Ok(config.with_no_client_auth());
    };
    let key = PrivateKeyDer::from_pem_slice(&own.key).map_err(unusable)?;
    config
        .with_client_auth_cert(certificates(&own.cert)?, key)
        .map_err(unusable)
}

fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, String> {
    CertificateDer::pem_slice_iter(pem)
        .collect::<Result<_, _>>()
        .map_err(unusable)
}

fn unusable(error: impl std::fmt::Display) -> String {
    format!("the suite's certificate or key is of no use: {error}")
}
