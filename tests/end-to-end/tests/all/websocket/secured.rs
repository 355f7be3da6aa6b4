//! Sockets inside TLS.

use super::FETCH;
use super::speaker::Speaker;
use crate::certificates::{Authority, Connecting};
use iris_core::{HttpServer, Iris, IrisError, Pem, Request, Tls, remote};
use std::sync::{Arc, Mutex};

const PATH: &str = "/-/websocket";

struct Gate;

#[remote(package = "testing.v1")]
impl Gate {
    #[procedure]
    async fn ping(&self, _: &Request) -> Result<(), IrisError> {
        Ok(())
    }
}

#[tokio::test]
async fn calls_inside_tls_know_their_caller_unless_the_page_is_a_stranger_s() {
    let authority = Authority::new();
    let own = authority.issue("localhost");
    let caller = authority.issue("caller.internal");
    let tls = Tls::from_pem(Pem::bytes(own.pem.as_str()), Pem::bytes(own.key.as_str()))
        .require_client_certificates(Pem::bytes(authority.pem.as_str()));
    let callers = Arc::new(Mutex::new(Vec::new()));
    let noted = callers.clone();
    let running = Iris::new(move |request: Request| {
        let names = request
            .identity()
            .map(|identity| identity.dns_names().len());
        noted.lock().unwrap().push(names);
        async move { Ok::<_, IrisError>(request) }
    })
    .add_remote(Gate)
    .add_server(HttpServer::bind("127.0.0.1:0").tls(tls).allow_any_origin())
    .start()
    .await
    .unwrap();
    let address = running.addresses()[0].tcp().unwrap();
    let connecting = Connecting::showing(&authority, &caller).offering(&["http/1.1"]);
    for (origin, known) in [
        (None, Some(1)),
        (Some("https://localhost"), Some(1)),
        (Some("https://evil.com"), None),
        // By TLS, a page that came without is another origin's.
        (Some("http://localhost"), None),
    ] {
        let io = connecting.connect(address).await.unwrap();
        let headers: Vec<_> = origin
            .map(|origin| ("origin", origin))
            .into_iter()
            .collect();
        let mut speaker = Speaker::over(io, PATH, &headers).await.unwrap();
        let answer = speaker.call(1, "/testing.v1.Gate/Ping", "{}").await;
        assert_eq!(answer.status, Some(200));
        assert_eq!(callers.lock().unwrap().pop(), Some(known), "{origin:?}");
        assert_eq!(speaker.call(2, FETCH, "{}").await.status, Some(404));
    }
}

#[tokio::test]
async fn large_answers_and_many_calls_inside_tls() {
    let authority = Authority::new();
    let own = authority.issue("localhost");
    let tls = Tls::from_pem(Pem::bytes(own.pem.as_str()), Pem::bytes(own.key.as_str()));
    let running = end_to_end::application(Arc::default())
        .add_server(HttpServer::bind("127.0.0.1:0").tls(tls))
        .start()
        .await
        .unwrap();
    let address = running.addresses()[0].tcp().unwrap();
    let io = Connecting::trusting(&authority)
        .connect(address)
        .await
        .unwrap();
    let mut speaker = Speaker::over(io, PATH, &[]).await.unwrap();
    for stream in 1..20 {
        speaker
            .begin(stream, "/testing.v1.Shapes/Blob", r#"{"number":"300000"}"#)
            .await;
    }
    for stream in 1..20 {
        let answer = speaker.answer(stream).await;
        assert!(answer.ended && answer.body.len() >= 400_000);
    }
}
