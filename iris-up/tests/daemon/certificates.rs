//! Certificates of the daemon's own that change while it runs. It looks at their files every ten seconds.

use crate::support::{Daemon, PATIENCE, PROGRAM, path, until};
use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::process::Command;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

const NAME: &str = "box.example";

/// One that signs itself, and its key.
struct Certificate {
    certificate: String,
    key: String,
    der: CertificateDer<'static>,
}

impl Certificate {
    fn new() -> Certificate {
        let own = rcgen::generate_simple_self_signed([NAME.to_owned()]).unwrap();
        Certificate {
            certificate: own.cert.pem(),
            key: own.signing_key.serialize_pem(),
            der: own.cert.der().clone(),
        }
    }
}

/// A daemon with files that it has a certificate from, and an app.
struct Secured {
    daemon: Daemon,
    files: TempDir,
    /// What callers believe.
    connector: TlsConnector,
}

impl Secured {
    async fn start(first: &Certificate, next: &Certificate) -> Secured {
        let files = tempfile::tempdir().unwrap();
        let at = |name: &str| files.path().join(name);
        fs::write(at("certificate"), &first.certificate).unwrap();
        fs::write(at("key"), &first.key).unwrap();
        let script = "exec \"$0\" \"$@\" --tls-certificate \"$FILES/certificate\" --tls-key \"$FILES/key\" 2>\"$FILES/log\"";
        let mut command = Command::new("sh");
        command
            .args(["-c", script, PROGRAM])
            .env("FILES", files.path());
        let daemon = Daemon::start_by(&mut command, tempfile::tempdir().unwrap()).await;
        // At its socket nobody asks for a certificate.
        let folder = daemon.folder.path().to_str().unwrap();
        let program = path("resident");
        let arguments = ["push", program.as_str(), "--data", folder];
        let by_socket = |command: &mut Command| {
            command.env_remove("IRIS_UP_URL");
        };
        let pushed = daemon.run_as(&arguments, by_socket, "").await;
        assert_eq!(pushed.code, 0, "{pushed:?}");

        let mut roots = RootCertStore::empty();
        for certificate in [first, next] {
            roots.add(certificate.der.clone()).unwrap();
        }
        let provider = Arc::new(ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        Secured {
            daemon,
            files,
            connector: TlsConnector::from(Arc::new(config)),
        }
    }

    fn at(&self, name: &str) -> PathBuf {
        self.files.path().join(name)
    }

    /// A new connection.
    async fn connect(&self) -> TlsStream<TcpStream> {
        let address = self.daemon.url.strip_prefix("http://").unwrap();
        let socket = TcpStream::connect(address).await.unwrap();
        let name = ServerName::try_from(NAME).unwrap();
        self.connector.connect(name, socket).await.unwrap()
    }

    /// Which certificate a new connection sees.
    async fn shown(&self) -> CertificateDer<'static> {
        let stream = self.connect().await;
        let chain = stream.get_ref().1.peer_certificates().unwrap();
        chain[0].clone().into_owned()
    }

    async fn shows(&self, certificate: &Certificate) {
        let begun = Instant::now();
        while self.shown().await != certificate.der {
            assert!(begun.elapsed() < PATIENCE, "it shows another certificate");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// What the daemon has logged.
    async fn says(&self, what: &str) {
        until(what, || {
            let log = fs::read_to_string(self.at("log")).unwrap();
            log.contains(what).then_some(())
        })
        .await;
    }
}

/// Something to ask by a connection that stays open.
async fn requests_over(stream: TlsStream<TcpStream>) -> SendRequest<Full<Bytes>> {
    let (sender, connection) = handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    sender
}

async fn answers(sender: &mut SendRequest<Full<Bytes>>) {
    let request = Request::get("/resident/").header("host", NAME);
    sender.ready().await.unwrap();
    let answer = sender.send_request(request.body(Full::default()).unwrap());
    let body = answer.await.unwrap().into_body().collect().await.unwrap();
    assert_eq!(body.to_bytes(), "version 1");
}

#[tokio::test]
async fn who_connects_sees_renewed_files_and_what_is_open_goes_on() {
    let (first, next) = (Certificate::new(), Certificate::new());
    let secured = Secured::start(&first, &next).await;
    let stream = secured.connect().await;
    let chain = stream.get_ref().1.peer_certificates().unwrap();
    assert_eq!(chain[0], first.der);
    let mut open = requests_over(stream).await;
    answers(&mut open).await;

    // As programs do that renew them: another file in the place of the old one.
    for (name, text) in [("certificate", &next.certificate), ("key", &next.key)] {
        fs::write(secured.at("new"), text).unwrap();
        fs::rename(secured.at("new"), secured.at(name)).unwrap();
    }
    secured.shows(&next).await;
    secured.says("is in use for new connections").await;
    answers(&mut open).await;
    let mut another = requests_over(secured.connect().await).await;
    answers(&mut another).await;
}

#[tokio::test]
async fn files_that_cannot_be_used_change_nothing_and_are_told_of() {
    let (first, next) = (Certificate::new(), Certificate::new());
    let secured = Secured::start(&first, &next).await;
    // Whoever writes it has not come to its end.
    let half = &next.certificate[..next.certificate.len() / 2];
    fs::write(secured.at("certificate"), half).unwrap();
    secured.says("the certificates in use stay").await;
    assert_eq!(secured.shown().await, first.der);
    // A certificate, and the key of another.
    fs::write(secured.at("certificate"), &next.certificate).unwrap();
    secured.says("is not that of the first certificate").await;
    assert_eq!(secured.shown().await, first.der);
    let mut open = requests_over(secured.connect().await).await;
    answers(&mut open).await;
    // And the right one.
    fs::write(secured.at("key"), &next.key).unwrap();
    secured.shows(&next).await;
    answers(&mut open).await;
}
