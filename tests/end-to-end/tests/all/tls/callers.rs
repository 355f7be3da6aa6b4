//! Certificates of callers.

use super::{address, gate, pem, ping};
use crate::certificates::{Authority, Connecting, uri};
use end_to_end_client::iris_client::{Client, Method, Protocol, Status, Unary};
use iris_core::{Pem, rustls};
use rustls::pki_types::{CertificateDer, pem::PemObject};

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
