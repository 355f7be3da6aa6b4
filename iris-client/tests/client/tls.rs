//! TLS: whom a client trusts, and what it says of those it does not.

use crate::messages::{Note, add, note, put};
use crate::server::{Server, answer, envelope, ok, serve};
use http::{Request, Version};
use hyper_util::rt::TokioIo;
use iris_client::rustls::crypto::ring;
use iris_client::rustls::pki_types::PrivateKeyDer;
use iris_client::rustls::server::WebPkiClientVerifier;
use iris_client::rustls::version::{TLS12, TLS13};
use iris_client::rustls::{ClientConfig, RootCertStore, ServerConfig, SupportedProtocolVersion};
use iris_client::{Client, ClientBuilder, IrisError, Protocol, ServerStreaming, Status, Unary};
use rcgen::CertifiedKey;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsAcceptor;

/// A certificate of its own for `name`, and what accepts connections with it.
pub(crate) fn acceptor(
    name: &str,
    protocols: &[&str],
) -> (TlsAcceptor, CertifiedKey<rcgen::KeyPair>) {
    let certified = rcgen::generate_simple_self_signed([name.to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(certified.signing_key.serialize_der()).unwrap();
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certified.cert.der().clone()], key)
        .unwrap();
    config.alpn_protocols = protocols
        .iter()
        .map(|name| name.as_bytes().to_vec())
        .collect();
    (TlsAcceptor::from(Arc::new(config)), certified)
}

/// A server with a certificate of its own for `name`; gives the certificate too.
async fn secured(name: &str, protocols: &[&str]) -> (Server, CertifiedKey<rcgen::KeyPair>) {
    let (acceptor, certified) = acceptor(name, protocols);
    let server = Server::raw(move |socket, _| {
        let acceptor = acceptor.clone();
        async move {
            let Ok(stream) = acceptor.accept(socket).await else {
                return;
            };
            serve(TokioIo::new(stream), |request: Request<_>| async move {
                match request.headers()["content-type"].to_str().unwrap() {
                    "application/proto" => ok(match request.version() {
                        Version::HTTP_2 => "by HTTP/2",
                        _ => "by HTTP/1.1",
                    }),
                    stream => answer(200, stream, envelope(2, b"{}")),
                }
            })
            .await;
        }
    })
    .await;
    (server, certified)
}

fn url(server: &Server) -> String {
    format!("https://localhost:{}", server.port())
}

async fn refusal(client: &Client) -> IrisError {
    let call: Unary<Note, Note> = client.unary(crate::messages::PUT, note("hello"));
    let error = call.await.unwrap_err();
    assert_eq!((error.code, error.status), (900, Status::Unavailable));
    assert!(error.internal_message.contains("TLS"), "{error}");
    assert!(std::error::Error::source(&error).is_some());
    error
}

#[tokio::test]
async fn the_right_root_is_trusted_and_the_version_negotiated() {
    for (protocols, expected) in [
        (&["h2", "http/1.1"][..], "by HTTP/2"),
        (&["http/1.1"], "by HTTP/1.1"),
        (&[], "by HTTP/1.1"),
    ] {
        let (server, certified) = secured("localhost", protocols).await;
        let client = Client::builder(&url(&server))
            .root_certificate(certified.cert.pem())
            .build()
            .unwrap();
        assert_eq!(add(&client).await.unwrap(), note(expected));
        let stream: ServerStreaming<Note, Note> =
            client.server_streaming(crate::messages::WATCH, note("x"));
        assert!(stream.await.unwrap().message().await.unwrap().is_none());

        let mut roots = RootCertStore::empty();
        roots.add(certified.cert.der().clone()).unwrap();
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let client = Client::builder(&url(&server)).tls(config).build().unwrap();
        assert_eq!(add(&client).await.unwrap(), note(expected));
    }
}

/// A server that asks for a certificate which `clients` issued, in TLS of these versions; and a client that trusts it.
async fn asking(
    clients: &Authority,
    versions: &[&'static SupportedProtocolVersion],
) -> (Server, ClientBuilder) {
    let provider = Arc::new(ring::default_provider());
    let mut roots = RootCertStore::empty();
    roots.add(clients.certificate.der().clone()).unwrap();
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone())
        .build()
        .unwrap();
    let certified = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(certified.signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .unwrap()
        .with_client_cert_verifier(verifier)
        .with_single_cert(vec![certified.cert.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let server = Server::raw(move |socket, _| {
        let acceptor = acceptor.clone();
        async move {
            match acceptor.accept(socket).into_fallible().await {
                Ok(stream) => serve(TokioIo::new(stream), |_| async { ok("well") }).await,
                // Closed with bytes unread, the socket would be reset, and the alert lost with it.
                Err((_, mut socket)) => {
                    let _ = socket.shutdown().await;
                    let _ = tokio::io::copy(&mut socket, &mut tokio::io::sink()).await;
                }
            }
        }
    })
    .await;
    let builder = Client::builder(&url(&server)).root_certificate(certified.cert.pem());
    (server, builder)
}

/// Whoever issues certificates to clients.
struct Authority {
    issuer: rcgen::Issuer<'static, rcgen::KeyPair>,
    certificate: rcgen::Certificate,
}

impl Authority {
    fn new(name: &str) -> Self {
        let mut params = rcgen::CertificateParams::new([]).unwrap();
        params
            .distinguished_name
            .push(rcgen::DnType::CommonName, name);
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let key = rcgen::KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        let issuer = rcgen::Issuer::new(params, key);
        Authority {
            issuer,
            certificate,
        }
    }

    /// A certificate and its key, in PEM.
    fn issue(&self) -> (String, String) {
        let params = rcgen::CertificateParams::new(["billing".to_owned()]).unwrap();
        let key = rcgen::KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        (certificate.pem(), key.serialize_pem())
    }
}

#[tokio::test]
async fn a_client_certificate_is_shown_to_servers_that_ask() {
    let clients = Authority::new("clients");
    for versions in [&[&TLS12][..], &[&TLS13]] {
        let (_server, builder) = asking(&clients, versions).await;
        let (chain, key) = clients.issue();
        let client = builder.client_certificate(chain, key).build().unwrap();
        assert_eq!(add(&client).await.unwrap(), note("well"));
    }
}

#[tokio::test]
async fn a_server_that_refuses_the_client_certificate_says_so() {
    let clients = Authority::new("clients");
    let (server, builder) = asking(&clients, &[&TLS13]).await;
    let error = refusal(&builder.build().unwrap()).await;
    assert!(
        error.internal_message.contains("CertificateRequired"),
        "{error}"
    );
    assert!(
        error.internal_message.contains("client_certificate"),
        "{error}"
    );
    assert_eq!(
        server.connections(),
        1,
        "the next attempt would be refused as well"
    );

    let (chain, key) = Authority::new("others").issue();
    for versions in [&[&TLS12][..], &[&TLS13]] {
        let (server, builder) = asking(&clients, versions).await;
        let builder = builder.client_certificate(&chain, &key);
        let error = refusal(&builder.build().unwrap()).await;
        assert!(error.internal_message.contains("UnknownCA"), "{error}");
        assert_eq!(server.connections(), 1);
    }
}

#[test]
fn a_client_certificate_that_is_none_fails_the_build() {
    let clients = Authority::new("clients");
    let ((chain, key), (_, another)) = (clients.issue(), clients.issue());
    let encrypted =
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAA=\n-----END ENCRYPTED PRIVATE KEY-----\n";
    for (chain, key, what) in [
        (chain.as_str(), "", "private key"),
        (&chain, encrypted, "encrypted"),
        ("", &key, "client certificate"),
        (&key, &chain, "no certificate"),
        (&chain, &another, "client certificate"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let files = ["chain", "key"].map(|name| folder.path().join(name));
        std::fs::write(&files[0], chain).unwrap();
        std::fs::write(&files[1], key).unwrap();
        let [chain_file, key_file] = files;
        let builder = || Client::builder("https://host");
        for builder in [
            builder().client_certificate(chain, key),
            builder().client_certificate_files(chain_file, key_file),
        ] {
            let error = builder.build().unwrap_err();
            assert_eq!((error.code, error.status), (900, Status::InvalidArgument));
            assert!(error.internal_message.contains(what), "{error}");
            assert!(error.internal_message.contains("cannot be used"), "{error}");
        }
    }
    let missing = Client::builder("https://host").client_certificate_files("/no/chain", "/no/key");
    let error = missing.build().unwrap_err();
    assert!(
        error.internal_message.contains("/no/chain cannot be read"),
        "{error}"
    );
}

#[tokio::test]
async fn an_unknown_issuer_is_named() {
    let (server, _) = secured("localhost", &["h2"]).await;
    let error = refusal(&Client::connect(&url(&server)).unwrap()).await;
    assert!(error.internal_message.contains("unknown issuer"), "{error}");
    assert!(
        error.internal_message.contains("root_certificate"),
        "{error}"
    );
    assert_eq!(
        server.connections(),
        1,
        "the next attempt would meet the same certificate"
    );
}

#[tokio::test]
async fn a_certificate_for_another_name_is_named() {
    let (server, certified) = secured("elsewhere.example", &["h2"]).await;
    let client = Client::builder(&url(&server))
        .root_certificate(certified.cert.pem())
        .build()
        .unwrap();
    let error = refusal(&client).await;
    assert!(
        error.internal_message.contains("for another name"),
        "{error}"
    );
    assert!(
        error.internal_message.contains("elsewhere.example"),
        "{error}"
    );
}

#[tokio::test]
async fn a_server_without_tls_is_named() {
    let server = Server::start(|_| async { ok("well") }).await;
    let error = refusal(&Client::connect(&url(&server)).unwrap()).await;
    assert!(
        error.internal_message.contains("does not speak TLS"),
        "{error}"
    );
}

#[tokio::test]
async fn a_server_without_http_2_is_named_where_it_is_needed() {
    for protocols in [&["http/1.1"][..], &[]] {
        let (server, certified) = secured("localhost", protocols).await;
        let client = Client::builder(&url(&server))
            .protocol(Protocol::Grpc)
            .root_certificate(certified.cert.pem())
            .build()
            .unwrap();
        let error = add(&client).await.unwrap_err();
        assert_eq!((error.code, error.status), (900, Status::Unavailable));
        assert!(error.internal_message.contains("HTTP/2"), "{error}");
    }
}

#[tokio::test]
async fn tls_where_plain_http_was_asked_for_is_named() {
    let (server, _) = secured("localhost", &["h2"]).await;
    let client = Client::connect(&format!("http://localhost:{}", server.port())).unwrap();
    let error = add(&client).await.unwrap_err();
    assert_eq!(error.code, 900);
    assert!(
        error.internal_message.contains("https"),
        "{}",
        crate::messages::chain(&error)
    );
}

#[test]
fn a_root_that_is_none_fails_the_build() {
    for pem in [
        "",
        "no certificate",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    ] {
        let error = Client::builder("https://host")
            .root_certificate(pem)
            .build()
            .unwrap_err();
        assert_eq!((error.code, error.status), (900, Status::InvalidArgument));
        assert!(
            error.internal_message.contains("root certificate"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_handshake_cut_off_is_tried_again() {
    let (acceptor, certified) = acceptor("localhost", &["http/1.1"]);
    let server = Server::raw(move |mut socket, number| {
        let acceptor = acceptor.clone();
        async move {
            match number {
                // Closed with bytes unread, the socket is reset.
                0 => drop(socket.peek(&mut [0; 1]).await),
                1 => drop(socket.read(&mut [0; 16 * 1024]).await),
                _ => {
                    let stream = acceptor.accept(socket).await.unwrap();
                    serve(TokioIo::new(stream), |_| async { ok("well") }).await;
                }
            }
        }
    })
    .await;
    let builder = Client::builder(&url(&server)).root_certificate(certified.cert.pem());
    let client = builder.build().unwrap();
    assert_eq!(put(&client).await.unwrap(), note("well"));
    assert_eq!(server.connections(), 3);
}

#[test]
fn a_configuration_excludes_roots_and_a_client_certificate() {
    let (_, certified) = acceptor("localhost", &[]);
    let root = || certified.cert.pem();
    let key = || certified.signing_key.serialize_pem();
    let config = || {
        ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(RootCertStore::empty())
            .with_no_client_auth()
    };
    let builder = || Client::builder("https://host");
    for (builder, other) in [
        (
            builder().tls(config()).root_certificate(root()),
            "root_certificate(pem)",
        ),
        (
            builder().root_certificate(root()).tls(config()),
            "root_certificate(pem)",
        ),
        (
            builder().tls(config()).client_certificate(root(), key()),
            "client_certificate(chain, key)",
        ),
        (
            builder().client_certificate(root(), key()).tls(config()),
            "client_certificate(chain, key)",
        ),
        (
            builder().tls(config()).client_certificate_files("a", "b"),
            "client_certificate_files(chain, key)",
        ),
        (
            builder().client_certificate_files("a", "b").tls(config()),
            "client_certificate_files(chain, key)",
        ),
    ] {
        let error = builder.build().unwrap_err();
        assert_eq!((error.code, error.status), (900, Status::InvalidArgument));
        for name in ["tls(config)", other] {
            assert!(error.internal_message.contains(name), "{error}");
        }
    }
}
