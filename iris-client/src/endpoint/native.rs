//! An endpoint as sockets and the versions of HTTP need it.

use super::Endpoint;
use crate::{Body, IrisError};
use http::header::{HOST, InvalidHeaderValue};
use http::uri::{Authority, Parts, PathAndQuery, Scheme};
use http::{HeaderValue, Request, Uri, Version};
use std::net::IpAddr;

impl Endpoint {
    pub(crate) fn of(url: &str) -> Result<Endpoint, IrisError> {
        Endpoint::parse(url)
    }

    /// The URL without a path, with this port where the name's addresses have one of their own.
    pub(crate) fn root(&self, port: Option<u16>) -> Uri {
        let mut parts = Parts::default();
        parts.scheme = Some(self.scheme.clone());
        let with_port = port.map(|port| Authority::try_from(format!("{}:{port}", self.host())));
        let authority = with_port.and_then(Result::ok);
        parts.authority = Some(authority.unwrap_or_else(|| self.authority.clone()));
        parts.path_and_query = Some(PathAndQuery::from_static("/"));
        // With all its parts there it is always a URI.
        Uri::from_parts(parts).unwrap_or_default()
    }

    pub(crate) fn host(&self) -> &str {
        self.authority.host()
    }

    /// The host, where it is an address.
    pub(crate) fn ip(&self) -> Option<IpAddr> {
        let host = self.host();
        let bare = host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'));
        bare.unwrap_or(host).parse().ok()
    }

    pub(crate) fn port(&self) -> u16 {
        let port = self.authority.port_u16();
        port.unwrap_or_else(|| usual_port(&self.scheme))
    }

    /// Whether calls may go to the other in place of this: scheme and prefix are the same.
    pub(crate) fn is_like(&self, other: &Endpoint) -> bool {
        self.scheme == other.scheme && self.prefix == other.prefix
    }

    /// Makes a request one to this endpoint, as HTTP/1.1 writes it (RFC 9112, 3.2.1: "origin-form").
    pub(crate) fn address_http1(&self, request: &mut Request<Body>) {
        *request.version_mut() = Version::HTTP_11;
        let mut parts = Parts::default();
        parts.path_and_query = request.uri().path_and_query().cloned();
        // A path alone is always a URI.
        *request.uri_mut() = Uri::from_parts(parts).unwrap_or_default();
        let headers = request.headers_mut();
        headers.entry(HOST).or_insert_with(|| self.host.clone());
    }

    /// The same as HTTP/2 writes it.
    pub(crate) fn address_http2(&self, request: &mut Request<Body>) {
        *request.version_mut() = Version::HTTP_2;
        if request.uri().authority() == Some(&self.authority) {
            return;
        }
        let mut parts = Parts::default();
        parts.scheme = Some(self.scheme.clone());
        parts.authority = Some(self.authority.clone());
        let path = request.uri().path_and_query().cloned();
        parts.path_and_query = Some(path.unwrap_or_else(|| PathAndQuery::from_static("/")));
        // With all its parts there it is always a URI.
        *request.uri_mut() = Uri::from_parts(parts).unwrap_or_default();
    }

    pub(crate) fn is_https(&self) -> bool {
        self.scheme == Scheme::HTTPS
    }
}

/// The authority as HTTP/1.1 sends it.
pub(super) fn host(
    scheme: &Scheme,
    authority: &Authority,
) -> Result<HeaderValue, InvalidHeaderValue> {
    let is_usual = authority.port_u16() == Some(usual_port(scheme));
    HeaderValue::from_str(match is_usual {
        true => authority.host(),
        false => authority.as_str(),
    })
}

fn usual_port(scheme: &Scheme) -> u16 {
    match *scheme == Scheme::HTTPS {
        true => 443,
        false => 80,
    }
}
