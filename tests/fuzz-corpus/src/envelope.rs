//! The frames of a stream: read in any chunks, they are what a plain reading of the whole gives.

use crate::chunks::{Chunks, Last, cut};
use crate::input::Input;
use bytes::{Bytes, BytesMut};
use iris_core::wire::envelope::{
    Decoder, Envelope, EnvelopeError, Envelopes, PREFIX, append_payload,
};
use iris_core::{Body, Status, code};
use std::task::{Context, Poll, Waker};

/// Envelopes, an error included, do not depend on how the bytes arrive, and are the bytes that arrived.
pub fn envelope(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let limit = usize::from(input.u16());
    let last = input.one_of(&Last::ALL);
    let cuts = input.cuts();
    let body = Bytes::copy_from_slice(input.rest());

    let expected = Read::plainly(&body, limit);
    let mut written = BytesMut::new();
    for envelope in &expected.envelopes {
        assert!(envelope.payload.len() <= limit);
        append_payload(&mut written, envelope.flags, &envelope.payload)
            .expect("it came in an envelope");
    }
    assert_eq!(written, body[..written.len()]);

    let single = vec![1; body.len()];
    for cuts in [&[], &cuts[..], &single[..]] {
        let pieces = cut(body.clone(), cuts);
        assert_eq!(
            Read::by_decoder(&pieces, limit),
            expected,
            "cut by {cuts:?}"
        );
        let of_a_body = match &expected.end {
            End::Clean | End::Truncated { .. } if last == Last::Error => Read {
                envelopes: expected.envelopes.clone(),
                end: End::BrokeOff,
            },
            _ => expected.clone(),
        };
        assert_eq!(
            Read::from_body(pieces, last, limit),
            of_a_body,
            "cut by {cuts:?}"
        );
    }
}

/// What was read.
#[derive(Debug, Clone, PartialEq)]
struct Read {
    envelopes: Vec<Envelope>,
    end: End,
}

#[derive(Debug, Clone, PartialEq)]
enum End {
    Clean,
    TooLarge { length: usize, limit: usize },
    Truncated { received: usize },
    BrokeOff,
}

impl Read {
    /// As the specifications say it, with all bytes at hand.
    fn plainly(mut bytes: &[u8], limit: usize) -> Self {
        let mut envelopes = Vec::new();
        let end = loop {
            let Some((&[flags, a, b, c, d], rest)) = bytes.split_first_chunk::<PREFIX>() else {
                break match bytes.len() {
                    0 => End::Clean,
                    received => End::Truncated { received },
                };
            };
            let length = u32::from_be_bytes([a, b, c, d]) as usize;
            if length > limit {
                break End::TooLarge { length, limit };
            }
            let Some((payload, rest)) = rest.split_at_checked(length) else {
                break End::Truncated {
                    received: bytes.len(),
                };
            };
            let payload = Bytes::copy_from_slice(payload);
            envelopes.push(Envelope { flags, payload });
            bytes = rest;
        };
        Read { envelopes, end }
    }

    fn by_decoder(pieces: &[Bytes], limit: usize) -> Self {
        let mut decoder = Decoder::new(limit);
        let mut envelopes = Vec::new();
        for piece in pieces {
            decoder.push(piece.clone());
            loop {
                match decoder.next() {
                    Ok(Some(envelope)) => envelopes.push(envelope),
                    Ok(None) => break,
                    Err(error) => {
                        let end = End::of(error);
                        return Read { envelopes, end };
                    }
                }
            }
        }
        let end = decoder.finish().err().map_or(End::Clean, End::of);
        Read { envelopes, end }
    }

    fn from_body(pieces: Vec<Bytes>, last: Last, limit: usize) -> Self {
        let mut body = Envelopes::new(Body::new(Chunks::new(pieces, last)), limit);
        let mut context = Context::from_waker(Waker::noop());
        let mut envelopes = Vec::new();
        let end = loop {
            match body.poll_next(&mut context) {
                Poll::Pending => {}
                Poll::Ready(Some(Ok(envelope))) => envelopes.push(envelope),
                Poll::Ready(Some(Err(error))) => break End::of(error),
                Poll::Ready(None) => break End::Clean,
            }
        };
        assert!(matches!(body.poll_next(&mut context), Poll::Ready(None)));
        if end == End::Clean {
            assert_eq!(body.take_trailers().is_some(), last == Last::Trailers);
        }
        Read { envelopes, end }
    }
}

impl End {
    fn of(error: EnvelopeError) -> Self {
        let end = match &error {
            EnvelopeError::TooLarge { length, limit } => End::TooLarge {
                length: *length,
                limit: *limit,
            },
            EnvelopeError::Truncated { received } => End::Truncated {
                received: *received,
            },
            EnvelopeError::Body(_) => End::BrokeOff,
        };
        let told = error.into_error(code::IRIS_INVALID_REQUEST_MESSAGE);
        let expected = match end {
            End::TooLarge { .. } => (code::IRIS_MESSAGE_TOO_LARGE, Status::ResourceExhausted),
            End::BrokeOff => (code::IRIS_COMMUNICATION_ERROR, Status::Canceled),
            _ => (code::IRIS_INVALID_REQUEST_MESSAGE, Status::InvalidArgument),
        };
        assert_eq!((told.code, told.status), expected);
        end
    }
}
