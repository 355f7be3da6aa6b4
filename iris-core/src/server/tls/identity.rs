//! Who a caller has proved to be.

use rustls::pki_types::CertificateDer;
use std::fmt;
use std::sync::Arc;
use webpki::EndEntityCert;

/// The certificate a caller proved to own, with the chain it sent along: the caller's own comes first.
///
/// With [`Tls::require_client_certificates`](crate::Tls::require_client_certificates) and
/// [`Tls::allow_client_certificates`](crate::Tls::allow_client_certificates) it was issued under the given
/// authorities and was valid when the connection was opened. A configuration of the user's own decides itself.
///
/// `HttpServer` puts it into each request's extensions; where Iris is mounted into another server, a
/// layer there can do the same.
#[derive(Clone, PartialEq, Eq)]
pub struct Identity(Arc<[CertificateDer<'static>]>);

impl Identity {
    /// The identity of whoever owns the first of these certificates, which are in DER.
    ///
    /// That they were verified is up to the caller.
    pub fn new(chain: impl IntoIterator<Item = Vec<u8>>) -> Self {
        Identity(chain.into_iter().map(CertificateDer::from).collect())
    }

    pub(super) fn of(chain: &[CertificateDer<'_>]) -> Self {
        let owned = chain
            .iter()
            .map(|certificate| certificate.clone().into_owned());
        Identity(owned.collect())
    }

    /// The certificates in DER, the caller's own first.
    pub fn chain(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.0.iter().map(AsRef::as_ref)
    }

    /// The DNS names in the caller's certificate (RFC 5280, section 4.2.1.6).
    pub fn dns_names(&self) -> Vec<&str> {
        self.names(|certificate| certificate.valid_dns_names().collect())
    }

    /// The URIs in the caller's certificate (RFC 5280, section 4.2.1.6), such as `spiffe://example.org/billing`.
    pub fn uris(&self) -> Vec<&str> {
        self.names(|certificate| certificate.valid_uri_names().collect())
    }

    fn names<'a>(&'a self, names: impl Fn(&EndEntityCert<'a>) -> Vec<&'a str>) -> Vec<&'a str> {
        let parsed = self.0.first().map(EndEntityCert::try_from);
        parsed
            .and_then(Result::ok)
            .map(|certificate| names(&certificate))
            .unwrap_or_default()
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Identity")
            .field("dns_names", &self.dns_names())
            .field("uris", &self.uris())
            .finish_non_exhaustive()
    }
}
