//! The clients that calls are made with: one for each server and way of calling it, so that connections are shared.

use super::tls;
use crate::record;
use crate::suite::{
    ClientCompatRequest, Codec, Compression as SuiteCompression, HttpVersion,
    Protocol as SuiteProtocol, TlsCreds,
};
use futures_util::TryFutureExt;
use http::Request;
use iris_client::{Body, Client, Compression, Format, HttpService, Protocol, RetryPolicy};
use prost::bytes::Bytes;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use tower::layer::layer_fn;
use tower::{Service, service_fn};

/// Every client so far.
#[derive(Default)]
pub(super) struct Clients(Mutex<HashMap<Key, Client>>);

#[derive(Clone, PartialEq, Eq, Hash)]
struct Key {
    address: String,
    /// In PEM; empty where there is no TLS.
    server_certificate: Bytes,
    own_certificate: Option<TlsCreds>,
    version: HttpVersion,
    protocol: SuiteProtocol,
    codec: Codec,
    compression: SuiteCompression,
    limit: u32,
}

impl Clients {
    /// The client for a call.
    pub(super) fn client(&self, asked: &ClientCompatRequest) -> Result<Client, String> {
        let key = Key {
            address: format!("{}:{}", asked.host, asked.port),
            server_certificate: asked.server_tls_cert.clone(),
            own_certificate: asked.client_tls_creds.clone(),
            version: asked.http_version(),
            protocol: asked.protocol(),
            codec: asked.codec(),
            compression: asked.compression(),
            limit: asked.message_receive_limit,
        };
        // A client is put in whole, so that a panic elsewhere does not spoil the others.
        let mut clients = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(&key) {
            return Ok(client.clone());
        }
        let client = key.client()?;
        clients.insert(key, client.clone());
        Ok(client)
    }
}

impl Key {
    fn client(&self) -> Result<Client, String> {
        let secure = !self.server_certificate.is_empty();
        let scheme = if secure { "https" } else { "http" };
        let mut builder = Client::builder(&format!("{scheme}://{}", self.address))
            .protocol(self.protocol()?)
            .format(self.format()?)
            // The suite counts what arrives.
            .retry(RetryPolicy::never());
        builder = match self.version {
            HttpVersion::HttpVersion1 => builder.http1(),
            HttpVersion::HttpVersion2 => builder.http2(),
            other => return Err(unknown("HTTP version", other.as_str_name())),
        };
        if secure {
            let config = tls::config(&self.server_certificate, self.own_certificate.as_ref())?;
            builder = builder.tls(config);
        }
        if let Some(compression) = self.compression()? {
            builder = builder.compress_requests(compression, 0);
        }
        if self.limit > 0 {
            builder = builder.max_message_size(self.limit as usize);
        }
        if let Some(folder) = record::folder() {
            builder = builder.layer(layer_fn(move |mut service: HttpService| {
                let folder = folder.clone();
                service_fn(move |request: Request<Body>| {
                    let (folder, asked) = (folder.clone(), record::asked(&request));
                    let answering = service.call(request);
                    answering.map_ok(move |answer| record::answer(folder, asked, answer))
                })
            }));
        }
        builder.build().map_err(|error| error.to_string())
    }

    fn protocol(&self) -> Result<Protocol, String> {
        match self.protocol {
            SuiteProtocol::Connect => Ok(Protocol::Connect),
            SuiteProtocol::Grpc => Ok(Protocol::Grpc),
            SuiteProtocol::GrpcWeb => Ok(Protocol::GrpcWeb),
            other => Err(unknown("protocol", other.as_str_name())),
        }
    }

    fn compression(&self) -> Result<Option<Compression>, String> {
        match self.compression {
            SuiteCompression::Unspecified | SuiteCompression::Identity => Ok(None),
            SuiteCompression::Gzip => Ok(Some(Compression::Gzip)),
            SuiteCompression::Deflate => Ok(Some(Compression::Deflate)),
            SuiteCompression::Zstd => Ok(Some(Compression::Zstd)),
            SuiteCompression::Br => Ok(Some(Compression::Brotli)),
            other => Err(unknown("compression", other.as_str_name())),
        }
    }

    fn format(&self) -> Result<Format, String> {
        match self.codec {
            Codec::Proto => Ok(Format::Proto),
            Codec::Json => Ok(Format::Json),
            other => Err(unknown("codec", other.as_str_name())),
        }
    }
}

fn unknown(what: &str, name: &str) -> String {
    format!("the client knows no {what} {name}")
}
