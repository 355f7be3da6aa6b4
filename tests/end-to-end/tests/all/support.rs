//! A server to call, and the ways to call it.

use end_to_end::application;
use end_to_end::context::{Probe, Trace};
use end_to_end_client::Remotes;
use end_to_end_client::iris_client::{Client, Compression, Format, Protocol};
use http::{HeaderMap, Method, Request, StatusCode, Version};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::{Client as HttpClient, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use iris_core::{HttpServer, Iris, IrisService, Running};
use std::sync::Arc;

/// The ways a client can call, all of which must behave the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    ConnectProto,
    ConnectJson,
    ConnectHttp2,
    GrpcProto,
    GrpcJson,
    GrpcWebHttp1,
    GrpcWebHttp2,
    GrpcWebTextHttp1,
    GrpcWebTextHttp2,
    /// Requests in zstd; here and below answers are compressed too.
    ConnectCompressed,
    /// Requests in brotli.
    GrpcCompressed,
    /// Requests in gzip.
    GrpcWebCompressed,
    InProcessConnect,
    InProcessGrpc,
}

impl Way {
    pub(crate) const ALL: [Way; 14] = [
        Way::ConnectProto,
        Way::ConnectJson,
        Way::ConnectHttp2,
        Way::GrpcProto,
        Way::GrpcJson,
        Way::GrpcWebHttp1,
        Way::GrpcWebHttp2,
        Way::GrpcWebTextHttp1,
        Way::GrpcWebTextHttp2,
        Way::ConnectCompressed,
        Way::GrpcCompressed,
        Way::GrpcWebCompressed,
        Way::InProcessConnect,
        Way::InProcessGrpc,
    ];

    /// A client of an application, which runs as it is, and once more with every answer compressed.
    pub(crate) fn client<C: Send + Sync + 'static>(
        self,
        running: &Running,
        compressing: &Running,
        service: IrisService<C>,
    ) -> Client {
        let builder = match self.is_compressed() {
            true => Client::builder(&compressing.url()),
            false => Client::builder(&running.url()),
        };
        let client = match self {
            Way::ConnectProto => builder.build(),
            Way::ConnectJson => builder.format(Format::Json).build(),
            Way::ConnectHttp2 => builder.http2().build(),
            Way::GrpcProto => builder.protocol(Protocol::Grpc).build(),
            Way::GrpcJson => builder
                .protocol(Protocol::Grpc)
                .format(Format::Json)
                .build(),
            Way::GrpcWebHttp1 => builder.protocol(Protocol::GrpcWeb).http1().build(),
            Way::GrpcWebHttp2 => builder.protocol(Protocol::GrpcWeb).http2().build(),
            Way::GrpcWebTextHttp1 => builder.protocol(Protocol::GrpcWebText).http1().build(),
            Way::GrpcWebTextHttp2 => builder.protocol(Protocol::GrpcWebText).http2().build(),
            Way::ConnectCompressed => builder.compress_requests(Compression::Zstd, 0).build(),
            Way::GrpcCompressed => builder
                .protocol(Protocol::Grpc)
                .compress_requests(Compression::Brotli, 0)
                .build(),
            Way::GrpcWebCompressed => builder
                .protocol(Protocol::GrpcWeb)
                .compress_requests(Compression::Gzip, 0)
                .build(),
            Way::InProcessConnect => builder.build_in_process(service),
            Way::InProcessGrpc => builder.protocol(Protocol::Grpc).build_in_process(service),
        };
        client.unwrap()
    }

    fn is_compressed(self) -> bool {
        matches!(
            self,
            Way::ConnectCompressed | Way::GrpcCompressed | Way::GrpcWebCompressed
        )
    }
}

/// The application, running on a free port.
pub(crate) struct Server {
    pub(crate) running: Running,
    /// The same, with every answer compressed.
    compressing: Running,
    pub(crate) probe: Arc<Probe>,
    pub(crate) service: IrisService<Trace>,
}

impl Server {
    pub(crate) async fn start() -> Server {
        Server::with(|application| application, |server| server).await
    }

    pub(crate) async fn with(
        application_settings: impl Fn(Iris<Trace>) -> Iris<Trace>,
        server_settings: impl FnOnce(HttpServer) -> HttpServer,
    ) -> Server {
        let probe = Arc::new(Probe::default());
        let build = || application_settings(application(probe.clone()));
        let service = build().into_service().unwrap();
        let server = server_settings(HttpServer::bind("127.0.0.1:0"));
        let running = build().add_server(server).start().await.unwrap();
        let compressing = build()
            .compress_responses(0)
            .add_server(HttpServer::bind("127.0.0.1:0"))
            .start()
            .await
            .unwrap();
        Server {
            running,
            compressing,
            probe,
            service,
        }
    }

    pub(crate) fn url(&self) -> String {
        self.running.url()
    }

    /// A connection of tonic's.
    pub(crate) async fn channel(&self) -> tonic::transport::Channel {
        let endpoint = tonic::transport::Channel::from_shared(self.url()).unwrap();
        endpoint.connect().await.unwrap()
    }

    pub(crate) fn remotes(&self, way: Way) -> Remotes {
        let service = self.service.clone();
        Remotes::new(way.client(&self.running, &self.compressing, service))
    }

    /// Sends a request by hand, over HTTP/1.1.
    pub(crate) async fn send(&self, request: RawRequest) -> RawResponse {
        self.send_over(Version::HTTP_11, request).await
    }

    /// The same over this version of HTTP.
    pub(crate) async fn send_over(&self, version: Version, request: RawRequest) -> RawResponse {
        let url = format!("{}{}", self.url(), request.path);
        send(&url, version, request).await
    }
}

/// What a GET of this URL answers.
pub(crate) async fn get(url: &str) -> RawResponse {
    let request = RawRequest::new("GET", "");
    send(url, Version::HTTP_11, request).await
}

/// Sends a request by hand.
async fn send(url: &str, version: Version, request: RawRequest) -> RawResponse {
    let client: HttpClient<HttpConnector, Full<bytes::Bytes>> =
        HttpClient::builder(TokioExecutor::new())
            .http2_only(version == Version::HTTP_2)
            .build_http();
    let mut built = Request::builder()
        .method(request.method)
        .uri(url)
        .body(Full::from(request.body))
        .unwrap();
    built.headers_mut().extend(request.headers);
    let response = client.request(built).await.unwrap();
    let (parts, body) = response.into_parts();
    RawResponse {
        status: parts.status,
        headers: parts.headers,
        body: body.collect().await.unwrap().to_bytes().to_vec(),
    }
}

/// A request by hand.
#[derive(Debug, Clone)]
pub(crate) struct RawRequest {
    method: Method,
    path: String,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl RawRequest {
    pub(crate) fn new(method: &str, path: impl Into<String>) -> Self {
        RawRequest {
            method: method.parse().unwrap(),
            path: path.into(),
            headers: HeaderMap::new(),
            body: Vec::new(),
        }
    }

    pub(crate) fn post_json(path: &str, body: &str) -> Self {
        RawRequest::new("POST", path)
            .header("content-type", "application/json")
            .body(body)
    }

    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.append(name, value.parse().unwrap());
        self
    }

    pub(crate) fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }
}

/// What came back.
#[derive(Debug)]
pub(crate) struct RawResponse {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl RawResponse {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("no JSON ({error}): {:?}", self.text()))
    }

    /// The numeric code in an error body.
    pub(crate) fn code(&self) -> i64 {
        self.json()["details"][0]["debug"]["code"].as_i64().unwrap()
    }
}

pub(crate) fn text(text: &str) -> end_to_end_client::messages::testing::v1::Text {
    end_to_end_client::messages::testing::v1::Text { text: text.into() }
}
