//! Every failure of a client, in one place.

use crate::messages::{ADD, LOOK, Note, WATCH, note};
use iris_client::{Client, IrisError, Mock, ServerStreaming, Unary};

fn failing() -> Client {
    Mock::new()
        .on(ADD, |request: Note| {
            Err(IrisError::new(request.text.len() as i32, request.text))
        })
        .on(LOOK, Ok)
        .on_stream(WATCH, |_| {
            vec![Ok(note("first")), Err(IrisError::new(40, "no more"))]
        })
        .client()
}

async fn fail(client: &Client, text: &str) {
    let call: Unary<Note, Note> = client.unary(ADD, note(text));
    assert!(call.await.is_err());
}

#[tokio::test]
async fn failures_of_every_clone_are_told_and_successes_are_not() {
    let client = failing();
    fail(&client, "too early").await;
    let mut failures = client.on_error();
    fail(&client.clone(), "abc").await;
    let fine: Unary<Note, Note> = client.unary(LOOK, note("x"));
    fine.await.unwrap();
    let stream: ServerStreaming<Note, Note> = client.server_streaming(WATCH, note("x"));
    let mut stream = stream.await.unwrap();
    assert!(stream.next().await.unwrap().is_ok());
    assert!(stream.next().await.unwrap().is_err());

    let first = failures.next().await.unwrap();
    assert_eq!(
        (first.path(), first.error.code, first.missed),
        (ADD.path(), 3, 0)
    );
    let second = failures.next().await.unwrap();
    assert_eq!((second.path(), second.error.code), (WATCH.path(), 40));
    drop((client, stream));
    assert!(failures.next().await.is_none(), "the client is gone");
}

#[tokio::test]
async fn a_slow_reader_is_told_how_many_it_lost() {
    let client = failing();
    let mut failures = client.on_error();
    for _ in 0..260 {
        fail(&client, "abc").await;
    }
    let first = failures.next().await.unwrap();
    assert_eq!(first.missed, 4);
    assert_eq!(failures.next().await.unwrap().missed, 0);
}
