//! A stand-in for a server, through the whole path of a call.

use crate::messages::{ADD, CHAT, COLLECT, LOOK, Note, WATCH, note};
use futures_util::stream;
use http::{Request, Response};
use iris_client::{
    Bidirectional, Body, Client, ClientStreaming, Compression, Format, IrisError, Mock, Protocol,
    ServerStreaming, Status, Unary, not_mocked,
};
use std::convert::Infallible;

/// A client of each protocol in each format, with each compression.
fn clients(mock: Mock) -> Vec<Client> {
    let mut clients = vec![mock.clone().client()];
    for protocol in [
        Protocol::Connect,
        Protocol::Grpc,
        Protocol::GrpcWeb,
        Protocol::GrpcWebText,
    ] {
        for format in [Format::Proto, Format::Json] {
            let builder = Client::builder("http://mock")
                .protocol(protocol)
                .format(format);
            clients.push(builder.build_in_process(mock.clone()).unwrap());
            for &compression in Compression::ALL {
                let builder = Client::builder("http://mock")
                    .protocol(protocol)
                    .format(format)
                    .compress_requests(compression, 0);
                clients.push(builder.build_in_process(mock.clone()).unwrap());
            }
        }
    }
    clients
}

#[tokio::test]
async fn all_four_kinds_of_call_are_answered() {
    let mock = Mock::new()
        .on(ADD, |request| match request.text.as_str() {
            "" => Err(IrisError::new(0, "nothing to add").with_status(Status::Unauthenticated)),
            text => Ok(note(format!("{text}!"))),
        })
        .on_stream(WATCH, |request| {
            vec![
                Ok(note("1")),
                Ok(request),
                Err(IrisError::new(5, "no more")),
                Ok(note("never")),
            ]
        });
    for client in clients(mock.clone()) {
        let call: Unary<Note, Note> = client.unary(ADD, note("hello"));
        assert_eq!(call.await.unwrap(), note("hello!"));
        let call: Unary<Note, Note> = client.unary(ADD, note(""));
        let error = call.await.unwrap_err();
        assert_eq!((error.code, error.status), (0, Status::Unauthenticated));
        assert_eq!(error.internal_message, "nothing to add");

        let call: ServerStreaming<Note, Note> = client.server_streaming(WATCH, note("2"));
        let mut stream = call.await.unwrap();
        assert_eq!(stream.message().await.unwrap(), Some(note("1")));
        assert_eq!(stream.message().await.unwrap(), Some(note("2")));
        assert_eq!(stream.message().await.unwrap_err().code, 5);
        assert_eq!(stream.message().await.unwrap(), None);
    }

    let mock = Mock::new()
        .on_client_stream(COLLECT, |requests: Vec<Note>| {
            Ok(note(
                requests
                    .into_iter()
                    .map(|note| note.text)
                    .collect::<String>(),
            ))
        })
        .on_bidirectional(CHAT, |requests: Vec<Note>| {
            requests.into_iter().rev().map(Ok).collect::<Vec<_>>()
        });
    for client in clients(mock) {
        let three = || stream::iter(["a", "b", "c"].map(note));
        let call: ClientStreaming<Note, Note> = client.client_streaming(COLLECT, three());
        assert_eq!(call.await.unwrap(), note("abc"));
        let call: Bidirectional<Note, Note> = client.bidirectional(CHAT, three());
        let mut answers = call.await.unwrap();
        let mut text = String::new();
        while let Some(answer) = answers.message().await.unwrap() {
            text += &answer.text;
        }
        assert_eq!(text, "cba");
    }
}

#[tokio::test]
async fn a_get_reaches_the_mock() {
    for client in clients(Mock::new().on(LOOK, Ok)) {
        let call: Unary<Note, Note> = client.unary(LOOK, note("hello")).get();
        assert_eq!(call.await.unwrap(), note("hello"));
    }
}

#[tokio::test]
async fn what_is_not_mocked_is_901() {
    for client in clients(Mock::new().on(LOOK, Ok)) {
        let call: Unary<Note, Note> = client.unary(ADD, note("hello"));
        let error = call.await.unwrap_err();
        assert_eq!((error.code, error.status), (901, Status::Unimplemented));
        assert!(error.internal_message.contains(ADD.path()), "{error}");
    }
    let error: IrisError = not_mocked::<Note, i32>(ADD.path()).await.unwrap_err();
    assert_eq!(error.code, 901);
    assert!(error.internal_message.contains(ADD.path()), "{error}");
}

#[derive(Clone)]
struct Failing(std::io::ErrorKind);

impl tower_service::Service<Request<Body>> for Failing {
    type Response = Response<Body>;
    type Error = std::io::Error;
    type Future = std::future::Ready<Result<Response<Body>, std::io::Error>>;

    fn poll_ready(
        &mut self,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<std::io::Result<()>> {
        std::task::Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<Body>) -> Self::Future {
        std::future::ready(Err(std::io::Error::new(self.0, "out of order")))
    }
}

#[tokio::test]
async fn a_service_that_fails_is_the_calls_cause() {
    let client = Client::in_process(Failing(std::io::ErrorKind::Other));
    let call: Unary<Note, Note> = client.unary(ADD, note("hello"));
    let error = call.await.unwrap_err();
    assert_eq!((error.code, error.status), (900, Status::Unavailable));
    assert!(
        crate::messages::chain(&error).contains("out of order"),
        "{}",
        crate::messages::chain(&error)
    );
}

#[tokio::test]
async fn a_socket_that_the_system_gave_up_is_called_dead() {
    let client = Client::in_process(Failing(std::io::ErrorKind::TimedOut));
    let call: Unary<Note, Note> = client.unary(ADD, note("hello"));
    let error = call.await.unwrap_err();
    assert_eq!((error.code, error.status), (900, Status::Unavailable));
    assert!(
        error
            .internal_message
            .contains("is dead: its host acknowledges nothing"),
        "{error}"
    );
}

#[test]
fn a_mock_is_a_service_that_cannot_fail() {
    fn service<
        S: tower_service::Service<Request<Body>, Error = Infallible> + Clone + Send + Sync,
    >(
        _: S,
    ) {
    }
    service(Mock::new());
}
