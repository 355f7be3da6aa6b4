//! Certificates that change while a server runs.

use super::files::Files;
use super::{address, gate, pem, ping, secured};
use crate::certificates::{Authority, Certificate, Connecting};
use crate::log::Log;
use crate::support::text;
use end_to_end_client::Remotes;
use end_to_end_client::iris_client::{Client, Method, Unary};
use iris_core::{Pem, rustls};
use rustls::pki_types::{CertificateDer, pem::PemObject};
use std::net::SocketAddr;
use std::time::Duration;

/// The certificate that a new connection gets.
async fn shown(connecting: &Connecting, address: SocketAddr) -> Vec<u8> {
    let stream = connecting.connect(address).await.unwrap();
    stream.get_ref().1.peer_certificates().unwrap()[0].to_vec()
}

pub(super) fn der(certificate: &Certificate) -> Vec<u8> {
    CertificateDer::from_pem_slice(certificate.pem.as_bytes())
        .unwrap()
        .to_vec()
}

/// New connections show what is in a client's files; those that there are go on as whom they began.
#[tokio::test]
async fn a_client_s_changed_files_are_shown_by_its_next_connection() {
    let (authority, clients) = (Authority::new(), Authority::new());
    let tls = pem(&authority.issue("localhost"))
        .require_client_certificates(Pem::bytes(clients.pem.as_str()));
    let (running, callers) = gate(tls).await;
    let [old, new] = ["old.example.com", "new.example.com"].map(|name| clients.issue(name));
    let files = Files::new(&old);
    let client = Client::builder(&format!("https://localhost:{}", address(&running).port()))
        .http1()
        .root_certificate(&authority.pem)
        .client_certificate_files(files.certificates(), files.key());
    let client = client.build().unwrap();
    let ping = async || {
        let call: Unary<(), ()> = client.unary(Method::new("/testing.v1.Gate/Ping"), ());
        call.await.unwrap();
    };
    let shown = || {
        let callers = std::mem::take(&mut *callers.lock().unwrap());
        let names = callers
            .into_iter()
            .map(|caller| caller.unwrap().dns_names()[0].to_owned());
        let mut names: Vec<String> = names.collect();
        names.sort_unstable();
        names
    };
    ping().await;
    assert_eq!(shown(), ["old.example.com"]);
    // Half of it is none.
    std::fs::write(files.key(), &new.key).unwrap();
    tokio::join!(ping(), ping());
    assert_eq!(shown(), ["old.example.com"; 2]);
    files.put(&new);
    // By HTTP/1.1 each call under way has a connection: two that are there, and one more.
    tokio::join!(ping(), ping(), ping());
    assert_eq!(
        shown(),
        ["new.example.com", "old.example.com", "old.example.com"]
    );
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

/// Who may call is read anew as well: new connections alone are held against it.
#[tokio::test]
async fn a_changed_file_of_authorities_decides_who_may_connect() {
    let (authority, old, new) = (Authority::new(), Authority::new(), Authority::new());
    let folder = tempfile::tempdir().unwrap();
    let authorities = folder.path().join("clients.pem");
    std::fs::write(&authorities, &old.pem).unwrap();
    let tls = pem(&authority.issue("localhost"))
        .require_client_certificates(Pem::file(&authorities))
        .reload_interval(Duration::from_millis(5));
    let (running, _) = gate(tls).await;
    let address = address(&running);
    let [of_old, of_new] =
        [&old, &new].map(|issuer| Connecting::showing(&authority, &issuer.issue("caller")));
    assert_eq!(ping(&of_old, address).await.unwrap(), 200);
    let refused = ping(&of_new, address).await.unwrap_err();
    assert!(refused.contains("UnknownCA"), "{refused}");

    std::fs::write(&authorities, &new.pem).unwrap();
    while ping(&of_new, address).await.is_err() {}
    assert_eq!(ping(&of_new, address).await.unwrap(), 200);
    let refused = ping(&of_old, address).await.unwrap_err();
    assert!(refused.contains("UnknownCA"), "{refused}");

    // None at all is a mistake, and would let nobody in: those that there were stay.
    std::fs::write(&authorities, "nobody").unwrap();
    for _ in 0..10 {
        assert_eq!(ping(&of_new, address).await.unwrap(), 200);
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
