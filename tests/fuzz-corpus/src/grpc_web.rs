//! gRPC-Web: bodies in base64, however they are cut, and the trailers at a body's end.

use crate::chunks::{Chunks, Last, cut};
use crate::input::Input;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http_body::Body as _;
use iris_core::Body;
use iris_core::wire::grpc_web::{FromText, ToText, parse_trailers, trailers_payload};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

/// Text is the bytes it stands for or an error, and trailers are read as they were written.
pub fn grpc_web(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let last = input.one_of(&Last::ALL);
    let cuts = input.cuts();
    let rest = Bytes::copy_from_slice(input.rest());

    let expected = match last {
        Last::Error => None,
        Last::Data | Last::Trailers => plainly(&rest),
    };
    let single = vec![1; rest.len()];
    for cuts in [&[], &cuts[..], &single[..]] {
        let text = Body::new(Chunks::new(cut(rest.clone(), cuts), last));
        assert_eq!(read(FromText::new(text)), expected, "cut by {cuts:?}");
        let body = Body::new(Chunks::new(cut(rest.clone(), cuts), Last::Data));
        let written = Body::new(ToText::new(body));
        let back = read(FromText::new(written));
        assert_eq!(back.as_deref(), Some(&rest[..]), "cut by {cuts:?}");
    }

    if let Some(trailers) = parse_trailers(&rest) {
        let again = parse_trailers(&trailers_payload(&trailers));
        assert_eq!(again, Some(trailers));
    }
}

/// Groups of four characters, each of which may be padded, since a piece of a body may end with it
/// (gRPC `PROTOCOL-WEB.md`, "Text-encoded streams").
fn plainly(text: &[u8]) -> Option<Vec<u8>> {
    let groups = text.chunks(4).map(|group| match group.len() {
        4 => STANDARD.decode(group).ok(),
        _ => None,
    });
    Some(groups.collect::<Option<Vec<_>>>()?.concat())
}

/// All of a body; `None` where it fails.
fn read(mut body: FromText) -> Option<Vec<u8>> {
    let mut context = Context::from_waker(Waker::noop());
    let mut bytes = Vec::new();
    loop {
        match Pin::new(&mut body).poll_frame(&mut context) {
            Poll::Pending => {}
            Poll::Ready(None) => return Some(bytes),
            Poll::Ready(Some(Err(_))) => return None,
            Poll::Ready(Some(Ok(frame))) => {
                bytes.extend(frame.into_data().into_iter().flatten());
            }
        }
    }
}
