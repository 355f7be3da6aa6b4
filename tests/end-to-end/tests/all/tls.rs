//! Calls inside TLS: who may connect, what is spoken, and certificates that change.

use crate::certificates::{Authority, Certificate, Connecting, uri};
use crate::support::{Server, text};
use bytes::Bytes;
use end_to_end_client::Remotes;
use end_to_end_client::iris_client::{Client, Format, Method, Protocol, Status, Unary};
use http::{Request as HttpRequest, StatusCode};
use http_body_util::Full;
use hyper_util::rt::{TokioExecutor, TokioIo};
use iris_core::{
    Drained, HttpServer, Identity, Iris, IrisError, Pem, Request, Running, Tls, remote, rustls,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

fn pem(certificate: &Certificate) -> Tls {
    Tls::from_pem(
        Pem::bytes(certificate.pem.as_str()),
        Pem::bytes(certificate.key.as_str()),
    )
}

async fn secured(tls: Tls) -> Server {
    Server::with(|application| application, |server| server.tls(tls)).await
}

fn address(running: &Running) -> SocketAddr {
    running.addresses()[0].tcp().unwrap()
}

/// One call by HTTP/1.1; the error of a connection that did not come about.
async fn ping(connecting: &Connecting, address: SocketAddr) -> Result<StatusCode, String> {
    let stream = connecting
        .connect(address)
        .await
        .map_err(|error| error.to_string())?;
    let told = |error: hyper::Error| format!("{error:?}");
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .map_err(told)?;
    let driving = tokio::spawn(connection);
    let answer = sender.send_request(post("/testing.v1.Gate/Ping")).await;
    let status = answer.map_err(told)?.status();
    driving.abort();
    Ok(status)
}

fn post(path: &str) -> HttpRequest<Full<Bytes>> {
    HttpRequest::post(format!("https://localhost{path}"))
        .header("host", "localhost")
        .header("content-type", "application/json")
        .body(Full::from("{}"))
        .unwrap()
}

struct Gate;

#[remote(package = "testing.v1")]
impl Gate {
    #[procedure]
    async fn ping(&self, _: &Request) -> Result<(), IrisError> {
        Ok(())
    }
}

/// A server that writes down who called.
async fn gate(tls: Tls) -> (Running, Arc<Mutex<Vec<Option<Identity>>>>) {
    let callers = Arc::new(Mutex::new(Vec::new()));
    let running = Iris::new({
        let callers = callers.clone();
        move |request: Request| {
            callers.lock().unwrap().push(request.identity().cloned());
            async move { Ok::<_, IrisError>(request) }
        }
    })
    .add_remote(Gate)
    .add_server(HttpServer::bind("127.0.0.1:0").tls(tls))
    .start()
    .await
    .unwrap();
    (running, callers)
}

#[tokio::test]
async fn the_generated_client_calls_every_way() {
    let authority = Authority::new();
    let server = secured(pem(&authority.issue("localhost"))).await;
    let port = address(&server.running).port();
    assert!(
        server.url().starts_with("https://127.0.0.1:"),
        "{}",
        server.url()
    );
    let builder =
        || Client::builder(&format!("https://localhost:{port}")).root_certificate(&authority.pem);
    for (way, builder) in [
        ("connect", builder()),
        ("connect, JSON", builder().format(Format::Json)),
        ("connect, HTTP/1.1", builder().http1()),
        ("connect, HTTP/2", builder().http2()),
        ("gRPC", builder().protocol(Protocol::Grpc)),
    ] {
        let remotes = Remotes::new(builder.build().unwrap());
        assert_eq!(
            remotes.shapes().fetch().await.unwrap(),
            text("fetched"),
            "{way}"
        );
    }
}

#[tokio::test]
async fn alpn_chooses_what_is_spoken() {
    let authority = Authority::new();
    let server = secured(pem(&authority.issue("localhost"))).await;
    let address = address(&server.running);
    let path = "/testing.v1.Shapes/Ping";
    for (offered, chosen) in [
        (&["h2", "http/1.1"][..], Some("h2")),
        (&["http/1.1", "h2"], Some("h2")),
        (&["http/1.1"], Some("http/1.1")),
        (&["h2"], Some("h2")),
        (&[], None),
    ] {
        for connecting in [
            Connecting::trusting(&authority),
            Connecting::by_tls12(&authority),
        ] {
            let connecting = connecting.offering(offered);
            let stream = connecting.connect(address).await.unwrap();
            let (_, session) = stream.get_ref();
            let spoken = session.alpn_protocol().map(<[u8]>::to_vec);
            assert_eq!(spoken.as_deref(), chosen.map(str::as_bytes), "{offered:?}");
            let io = TokioIo::new(stream);
            let answer = if chosen == Some("h2") {
                let executor = TokioExecutor::new();
                let (mut sender, connection) = hyper::client::conn::http2::handshake(executor, io)
                    .await
                    .unwrap();
                tokio::spawn(connection);
                sender.send_request(post(path)).await.unwrap()
            } else {
                let (mut sender, connection) =
                    hyper::client::conn::http1::handshake(io).await.unwrap();
                tokio::spawn(connection);
                sender.send_request(post(path)).await.unwrap()
            };
            assert_eq!(answer.status(), 200, "{offered:?}");
        }
    }
    let other = Connecting::trusting(&authority).offering(&["smtp"]);
    let error = other.connect(address).await.unwrap_err().to_string();
    assert!(error.contains("NoApplicationProtocol"), "{error}");
}

#[tokio::test]
async fn a_required_certificate_says_who_calls() {
    let (authority, clients) = (Authority::new(), Authority::new());
    let tls = pem(&authority.issue("localhost"))
        .require_client_certificates(Pem::bytes(clients.pem.as_str()));
    let (running, callers) = gate(tls).await;
    let address = address(&running);

    let billing = clients.issue_with("billing.example.com", |params| {
        params
            .subject_alt_names
            .push(uri("spiffe://example.com/billing"));
    });
    let connecting = Connecting::showing(&authority, &billing);
    assert_eq!(ping(&connecting, address).await.unwrap(), 200);
    let identity = callers.lock().unwrap().pop().unwrap().unwrap();
    assert_eq!(identity.dns_names(), ["billing.example.com"]);
    assert_eq!(identity.uris(), ["spiffe://example.com/billing"]);
    let expected = CertificateDer::from_pem_slice(billing.pem.as_bytes()).unwrap();
    assert_eq!(identity.chain().collect::<Vec<_>>(), [expected.as_ref()]);

    let expired = clients.issue_with("billing.example.com", |params| {
        params.not_before = rcgen::date_time_ymd(2020, 1, 1);
        params.not_after = rcgen::date_time_ymd(2021, 1, 1);
    });
    for (who, connecting, why) in [
        (
            "nobody",
            Connecting::trusting(&authority),
            "CertificateRequired",
        ),
        (
            "one of another authority",
            Connecting::showing(&authority, &authority.issue("billing.example.com")),
            "UnknownCA",
        ),
        (
            "one whose certificate expired",
            Connecting::showing(&authority, &expired),
            "CertificateExpired",
        ),
    ] {
        let error = ping(&connecting, address).await.unwrap_err();
        assert!(error.contains(why), "{who}: {error}");
    }
    assert!(callers.lock().unwrap().is_empty());
    assert_eq!(ping(&connecting, address).await.unwrap(), 200);
}

#[tokio::test]
async fn the_own_client_shows_its_certificate() {
    let (authority, clients) = (Authority::new(), Authority::new());
    let tls = pem(&authority.issue("localhost"))
        .require_client_certificates(Pem::bytes(clients.pem.as_str()));
    let (running, callers) = gate(tls).await;
    let url = format!("https://localhost:{}", address(&running).port());
    for protocol in [Protocol::Connect, Protocol::Grpc] {
        let builder = || {
            Client::builder(&url)
                .protocol(protocol)
                .root_certificate(&authority.pem)
        };
        let ping = async |client: Client| {
            let call: Unary<(), ()> = client.unary(Method::new("/testing.v1.Gate/Ping"), ());
            call.await
        };
        let billing = clients.issue("billing.example.com");
        let client = builder().client_certificate(&billing.pem, &billing.key);
        ping(client.build().unwrap()).await.unwrap();
        let identity = callers.lock().unwrap().pop().unwrap().unwrap();
        assert_eq!(identity.dns_names(), ["billing.example.com"]);

        let error = ping(builder().build().unwrap()).await.unwrap_err();
        assert_eq!((error.code, error.status), (900, Status::Unavailable));
        assert!(callers.lock().unwrap().is_empty());
    }
}

#[tokio::test]
async fn an_allowed_certificate_may_be_left_out_and_not_be_wrong() {
    let (authority, clients) = (Authority::new(), Authority::new());
    let tls = pem(&authority.issue("localhost"))
        .allow_client_certificates(Pem::bytes(clients.pem.as_str()));
    let (running, callers) = gate(tls).await;
    let address = address(&running);
    let known = Connecting::showing(&authority, &clients.issue("known.example.com"));
    assert_eq!(ping(&known, address).await.unwrap(), 200);
    assert_eq!(
        ping(&Connecting::trusting(&authority), address)
            .await
            .unwrap(),
        200
    );
    let stranger = Connecting::showing(&authority, &authority.issue("known.example.com"));
    assert!(
        ping(&stranger, address)
            .await
            .unwrap_err()
            .contains("UnknownCA")
    );
    let callers = callers.lock().unwrap();
    let [Some(known), None] = &callers[..] else {
        panic!("{callers:?}")
    };
    assert_eq!(known.dns_names(), ["known.example.com"]);
}

#[tokio::test]
async fn a_configuration_of_the_users_own_is_taken() {
    let authority = Authority::new();
    let own = authority.issue("localhost");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS12])
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![CertificateDer::from_pem_slice(own.pem.as_bytes()).unwrap()],
            PrivateKeyDer::from_pem_slice(own.key.as_bytes()).unwrap(),
        )
        .unwrap();
    let (running, callers) = gate(Tls::from_config(config.clone())).await;
    let by_tls12 = Connecting::by_tls12(&authority).offering(&["h2"]);
    let stream = by_tls12.connect(address(&running)).await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(b"h2".as_slice()));
    let by_tls12 = Connecting::by_tls12(&authority);
    assert_eq!(ping(&by_tls12, address(&running)).await.unwrap(), 200);
    let by_tls13 = Connecting::trusting(&authority);
    assert!(by_tls13.connect(address(&running)).await.is_err());
    assert_eq!(*callers.lock().unwrap(), [None]);

    let contradiction =
        Tls::from_config(config).require_client_certificates(Pem::bytes(authority.pem.as_str()));
    assert!(
        start_error(contradiction)
            .await
            .contains("with_client_cert_verifier")
    );
}

/// A folder with a certificate and its key.
struct Files {
    folder: tempfile::TempDir,
}

impl Files {
    fn new(certificate: &Certificate) -> Self {
        let files = Files {
            folder: tempfile::tempdir().unwrap(),
        };
        files.put(certificate);
        files
    }

    fn certificates(&self) -> PathBuf {
        self.folder.path().join("server.pem")
    }

    fn key(&self) -> PathBuf {
        self.folder.path().join("server.key")
    }

    fn put(&self, certificate: &Certificate) {
        std::fs::write(self.certificates(), &certificate.pem).unwrap();
        std::fs::write(self.key(), &certificate.key).unwrap();
    }

    fn tls(&self) -> Tls {
        Tls::from_files(self.certificates(), self.key())
    }
}

/// The certificate that a new connection gets.
async fn shown(connecting: &Connecting, address: SocketAddr) -> Vec<u8> {
    let stream = connecting.connect(address).await.unwrap();
    stream.get_ref().1.peer_certificates().unwrap()[0].to_vec()
}

fn der(certificate: &Certificate) -> Vec<u8> {
    CertificateDer::from_pem_slice(certificate.pem.as_bytes())
        .unwrap()
        .to_vec()
}

#[tokio::test]
async fn changed_files_are_used_while_calls_go_on() {
    let authority = Authority::new();
    let (old, new) = (authority.issue("localhost"), authority.issue("localhost"));
    let files = Files::new(&old);
    let server = secured(files.tls().reload_interval(Duration::from_millis(5))).await;
    let connecting = Connecting::trusting(&authority);
    let address = address(&server.running);
    let client = Client::builder(&format!("https://localhost:{}", address.port()))
        .http2()
        .root_certificate(&authority.pem);
    let remotes = Remotes::new(client.build().unwrap());
    // One call waits for as long as the change takes, others come and go on its connection.
    let waiting = tokio::spawn({
        let failures = remotes.failures();
        async move { failures.wait().await }
    });
    server.probe.started.notified().await;
    assert_eq!(shown(&connecting, address).await, der(&old));

    files.put(&new);
    while shown(&connecting, address).await != der(&new) {
        remotes.shapes().ping().await.unwrap();
    }
    server.probe.proceed.notify_one();
    assert_eq!(waiting.await.unwrap().unwrap(), text("done"));

    // Not usable: what was there stays.
    std::fs::write(files.key(), "nonsense").unwrap();
    for _ in 0..10 {
        assert_eq!(shown(&connecting, address).await, der(&new));
    }
    files.put(&old);
    while shown(&connecting, address).await != der(&old) {
        remotes.shapes().ping().await.unwrap();
    }
}

/// What all servers of these tests log.
///
/// Of the whole process, since the first thread that comes by an event decides whether it is of interest.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn of_the_process() -> &'static Log {
        static LOG: LazyLock<Log> = LazyLock::new(|| {
            let log = Log::default();
            let writer = log.clone();
            tracing_subscriber::fmt()
                .with_ansi(false)
                .with_writer(move || writer.clone())
                .init();
            log
        });
        &LOG
    }

    /// How many lines hold all of these words.
    fn lines_with(&self, words: &[&str]) -> usize {
        let log = self.0.lock().unwrap();
        let log = String::from_utf8_lossy(&log);
        let lines = log.lines();
        lines
            .filter(|line| words.iter().all(|word| line.contains(word)))
            .count()
    }
}

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn files_that_cannot_be_used_are_logged_once() {
    let log = Log::of_the_process();
    let authority = Authority::new();
    let files = Files::new(&authority.issue("localhost"));
    let place = files.folder.path().to_str().unwrap();
    let (running, _) = gate(files.tls().reload_interval(Duration::from_millis(1))).await;
    let connecting = Connecting::trusting(&authority);

    std::fs::write(files.key(), "nonsense").unwrap();
    while log.lines_with(&[place, "there is no private key in it"]) == 0 {
        assert_eq!(ping(&connecting, address(&running)).await.unwrap(), 200);
    }
    std::fs::remove_file(files.key()).unwrap();
    while log.lines_with(&[place, "cannot read the private key"]) == 0 {
        assert_eq!(ping(&connecting, address(&running)).await.unwrap(), 200);
    }
    let expired = authority.issue_with("localhost", |params| {
        params.not_before = rcgen::date_time_ymd(2020, 1, 1);
        params.not_after = rcgen::date_time_ymd(2021, 1, 1);
    });
    files.put(&expired);
    while log.lines_with(&[place, "server.pem expired"]) == 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(log.lines_with(&[place, "is in use for new connections"]), 1);
    assert_eq!(log.lines_with(&[place, "there is no private key in it"]), 1);
    assert_eq!(log.lines_with(&[place, "cannot read the private key"]), 1);
}

#[tokio::test]
async fn files_are_read_and_settings_replaced_by_hand() {
    let authority = Authority::new();
    let (first, second, third) = (
        authority.issue("localhost"),
        authority.issue("localhost"),
        authority.issue("localhost"),
    );
    let files = Files::new(&first);
    let tls = files.tls().reload_interval(None);
    let handle = tls.handle();
    let early = handle.reload().unwrap_err().to_string();
    assert!(early.contains("no server was started"), "{early}");
    let (running, callers) = gate(tls).await;
    let (connecting, address) = (Connecting::trusting(&authority), address(&running));

    files.put(&second);
    assert_eq!(shown(&connecting, address).await, der(&first));
    handle.reload().unwrap();
    assert_eq!(shown(&connecting, address).await, der(&second));

    std::fs::write(files.certificates(), &first.pem).unwrap();
    let error = handle.reload().unwrap_err().to_string();
    assert!(
        error.contains("server.key") && error.contains("is not that of the first certificate"),
        "{error}"
    );
    assert_eq!(shown(&connecting, address).await, der(&second));

    // Other authorities too: who was let in by the old settings is not let in by the new ones.
    let clients = Authority::new();
    let stricter = pem(&third).require_client_certificates(Pem::bytes(clients.pem.as_str()));
    assert_eq!(ping(&connecting, address).await.unwrap(), 200);
    handle.replace(stricter).unwrap();
    let error = ping(&connecting, address).await.unwrap_err();
    assert!(error.contains("CertificateRequired"), "{error}");
    let known = Connecting::showing(&authority, &clients.issue("known.example.com"));
    assert_eq!(ping(&known, address).await.unwrap(), 200);
    assert_eq!(callers.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn a_certificate_of_callers_is_verified_each_time() {
    let (authority, clients) = (Authority::new(), Authority::new());
    let tls = pem(&authority.issue("localhost"))
        .require_client_certificates(Pem::bytes(clients.pem.as_str()));
    let (running, _) = gate(tls).await;
    for connecting in [
        Connecting::showing(&authority, &clients.issue("a.example.com")),
        Connecting::showing(&authority, &clients.issue("a.example.com")),
    ] {
        for _ in 0..2 {
            let stream = connecting.connect(address(&running)).await.unwrap();
            assert_eq!(
                stream.get_ref().1.handshake_kind(),
                Some(rustls::HandshakeKind::Full)
            );
        }
    }
}

async fn start_error(tls: Tls) -> String {
    Iris::without_context()
        .add_server(HttpServer::bind("127.0.0.1:0").tls(tls))
        .start()
        .await
        .unwrap_err()
        .to_string()
}

#[tokio::test]
async fn what_is_wrong_with_a_file_is_told_at_the_start() {
    let authority = Authority::new();
    let own = authority.issue("localhost");
    let other = authority.issue("localhost");
    let cut = own.pem.replace("-----END CERTIFICATE-----", "");
    let encrypted = own.key.replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY");
    let garbled = own.pem.replacen("MII", "AAA", 1);
    for (certificates, key, expected) in [
        ("", own.key.as_str(), "server.pem: the file is empty"),
        (
            "hello",
            &own.key,
            "server.pem: there is no certificate in it",
        ),
        (&own.key, &own.key, "server.pem: this is a private key"),
        (&cut, &own.key, "server.pem: it breaks off"),
        (
            &garbled,
            &own.key,
            "server.pem: certificate 1 of 1 in it cannot be understood",
        ),
        (&own.pem, "", "server.key: the file is empty"),
        (
            &own.pem,
            "hello",
            "server.key: there is no private key in it",
        ),
        (&own.pem, &own.pem, "server.key: this is a certificate"),
        (
            &own.pem,
            &encrypted,
            "server.key: the private key is encrypted",
        ),
        (
            &own.pem,
            &other.key,
            "server.key is not that of the first certificate",
        ),
    ] {
        let files = Files::new(&own);
        std::fs::write(files.certificates(), certificates).unwrap();
        std::fs::write(files.key(), key).unwrap();
        let error = start_error(files.tls()).await;
        assert!(error.contains(expected), "{expected}: {error}");
    }

    let files = Files::new(&own);
    std::fs::write(files.certificates(), der(&own)).unwrap();
    let error = start_error(files.tls()).await;
    assert!(error.contains("server.pem: this is DER"), "{error}");

    let files = Files::new(&own);
    let missing = Tls::from_files(
        files.certificates(),
        files.folder.path().join("missing.key"),
    );
    let error = start_error(missing).await;
    assert!(
        error.contains("cannot read the private key in") && error.contains("missing.key"),
        "{error}"
    );
    let authorities = files
        .tls()
        .require_client_certificates(Pem::file(files.key()));
    let error = start_error(authorities).await;
    assert!(
        error.contains("server.key: this is a private key"),
        "{error}"
    );
    let confused = Tls::from_files(Path::new(&own.pem), files.key());
    let error = start_error(confused).await;
    assert!(error.contains("Pem::bytes"), "{error}");
    assert!(!format!("{:?}", pem(&own)).contains("PRIVATE"));
}

#[tokio::test]
async fn certificate_and_key_may_share_a_file() {
    let authority = Authority::new();
    let own = authority.issue("localhost");
    let both = format!("{}{}", own.key, own.pem);
    let tls = Tls::from_pem(Pem::bytes(both.as_str()), Pem::bytes(both.as_str()));
    let (running, _) = gate(tls).await;
    let connecting = Connecting::trusting(&authority);
    assert_eq!(ping(&connecting, address(&running)).await.unwrap(), 200);
}

#[tokio::test]
async fn plain_http_is_told_where_it_is() {
    let authority = Authority::new();
    let server = secured(pem(&authority.issue("localhost"))).await;
    let long = format!("GET /{} HTTP/1.1\r\nhost: x\r\n\r\n", "x".repeat(30_000));
    for said in ["GET / HTTP/1.1\r\nhost: x\r\n\r\n", "P", &long] {
        let mut socket = TcpStream::connect(address(&server.running)).await.unwrap();
        socket.write_all(said.as_bytes()).await.unwrap();
        let mut answer = String::new();
        // It is read to its end, which the content-length must agree with.
        let mut byte = [0];
        while !answer.ends_with("`https://`\n") {
            assert_eq!(socket.read(&mut byte).await.unwrap(), 1, "{answer}");
            answer.push(char::from(byte[0]));
        }
        assert_eq!(socket.read(&mut byte).await.unwrap(), 0, "{answer}");
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 400 "), "{head}");
        assert!(
            head.contains(&format!("content-length: {}", body.len())),
            "{head}"
        );
    }
}

#[tokio::test]
async fn a_handshake_that_does_not_go_on_is_given_up() {
    let authority = Authority::new();
    let tls = pem(&authority.issue("localhost")).handshake_timeout(Duration::from_millis(100));
    let (running, _) = gate(tls).await;
    let connecting = Connecting::trusting(&authority);
    // Nothing; a record's beginning; a whole record that is none; a plain request that never closes.
    for said in [
        b"".as_slice(),
        b"\x16\x03\x01\x40\x00\x01",
        b"\x16\x03\x01\x00\x02\x63\x63",
        b"GET / HTTP/1.1\r\n",
    ] {
        let mut socket = TcpStream::connect(address(&running)).await.unwrap();
        socket.write_all(said).await.unwrap();
        assert_eq!(ping(&connecting, address(&running)).await.unwrap(), 200);
        let mut answer = Vec::new();
        // It ends; whether with an alert, an answer or a reset is up to what was said.
        let _ = socket.read_to_end(&mut answer).await;
    }
    assert_eq!(ping(&connecting, address(&running)).await.unwrap(), 200);
}

#[tokio::test]
async fn a_secured_server_stops_like_any_other() {
    let authority = Authority::new();
    let server = secured(pem(&authority.issue("localhost"))).await;
    let address = address(&server.running);
    let connecting = Connecting::trusting(&authority);
    // One says nothing, one is in the middle of its handshake, two have theirs behind them.
    let _silent = TcpStream::connect(address).await.unwrap();
    let mut midway = TcpStream::connect(address).await.unwrap();
    midway.write_all(b"\x16\x03\x01").await.unwrap();
    let _idle = connecting.connect(address).await.unwrap();
    let idle = connecting
        .clone()
        .offering(&["h2"])
        .connect(address)
        .await
        .unwrap();
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(idle))
            .await
            .unwrap();
    tokio::spawn(connection);
    sender
        .send_request(post("/testing.v1.Shapes/Ping"))
        .await
        .unwrap();

    let waiting = sender.send_request(post("/testing.v1.Failures/Wait"));
    let waiting = tokio::spawn(waiting);
    server.probe.started.notified().await;
    let stopping = tokio::spawn(server.running.shutdown());
    while TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    server.probe.proceed.notify_one();
    assert_eq!(waiting.await.unwrap().unwrap().status(), 200);
    assert_eq!(stopping.await.unwrap(), Drained::Completely);
}

#[tokio::test]
async fn a_secured_peer_that_never_closes_is_cut_off() {
    let authority = Authority::new();
    let tls = pem(&authority.issue("localhost"));
    let server = Server::with(
        |application| application.drain_timeout(Duration::from_millis(50)),
        |server| server.tls(tls),
    )
    .await;
    let mut stream = Connecting::trusting(&authority)
        .connect(address(&server.running))
        .await
        .unwrap();
    let head = "POST /testing.v1.Failures/Hang HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}";
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.flush().await.unwrap();
    server.probe.started.notified().await;
    assert_eq!(
        server.running.shutdown().await,
        Drained::TimedOut { connections: 1 }
    );
}

#[cfg(unix)]
#[tokio::test]
async fn a_unix_socket_can_be_secured_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("app.sock");
    let authority = Authority::new();
    let running = Iris::without_context()
        .add_remote(Gate)
        .add_server(HttpServer::unix(&path).tls(pem(&authority.issue("localhost"))))
        .start()
        .await
        .unwrap();
    let client = Client::builder("https://localhost")
        .root_certificate(&authority.pem)
        .unix_socket(&path)
        .build()
        .unwrap();
    // There is no generated function for it; that it is not found says that both understood each other.
    let error = Remotes::new(client).shapes().ping().await.unwrap_err();
    assert_eq!(
        error.code,
        end_to_end_client::ErrorCode::IrisProcedureNotFound
    );
    running.shutdown().await;
}
