//! Bodies that are one message, in whatever pieces they come.

use crate::chunks::{Chunks, Last, cut};
use crate::clock::run;
use crate::input::Input;
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use iris_core::Body;
use iris_core::wire::whole::{Whole, WholeError};
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

/// What was read is what came, unless it is more than allowed, or it broke off.
pub fn whole(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let (limit, shape, more) = (usize::from(input.u16()), input.byte(), input.u64());
    let (cuts, last) = (input.cuts(), input.one_of(&Last::ALL));
    let body = Bytes::copy_from_slice(input.rest());
    let announced = match shape % 4 {
        // Nothing, exactly what comes, less, and more: a length that is not kept.
        0 => 0,
        1 => body.len() as u64,
        2 => more % (body.len() as u64 + 1),
        _ => more,
    };
    let pieces = Announced {
        pieces: Chunks::new(cut(body.clone(), &cuts), last),
        left: announced,
    };
    let mut whole = Whole::new(Body::new(pieces), limit);
    let reading = poll_fn(|context| whole.poll(context));
    match run(reading).expect("an end") {
        Ok(read) => {
            assert_eq!(read, body);
            assert!(read.len() <= limit && last != Last::Error);
        }
        Err(WholeError::TooLarge { length, limit: of }) => {
            assert!(of == limit && length > limit);
            assert!(length as u64 <= announced.max(body.len() as u64));
        }
        Err(WholeError::Body(_)) => assert_eq!(last, Last::Error),
    }
}

/// A body that says how much is left of it, truly or not.
struct Announced {
    pieces: Chunks,
    left: u64,
}

impl http_body::Body for Announced {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let this = self.get_mut();
        let frame = Pin::new(&mut this.pieces).poll_frame(context);
        if let Poll::Ready(Some(Ok(frame))) = &frame
            && let Some(data) = frame.data_ref()
        {
            this.left = this.left.saturating_sub(data.len() as u64);
        }
        frame
    }

    fn size_hint(&self) -> SizeHint {
        let mut hint = SizeHint::new();
        hint.set_lower(self.left);
        hint
    }
}
