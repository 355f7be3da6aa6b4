//! Bodies that are noted while they are read.

use super::note::{End, Note};
use http_body::{Body as _, Frame, SizeHint};
use iris_core::Body;
use prost::bytes::Bytes;
use std::error::Error;
use std::pin::Pin;
use std::task::{Context, Poll};

/// A body as it was. Its note is written when it is dropped, however far it was read.
pub(super) struct Noted {
    body: Body,
    note: Note,
}

impl Noted {
    pub(super) fn new(body: Body, note: Note) -> Self {
        Noted { body, note }
    }
}

impl http_body::Body for Noted {
    type Data = Bytes;
    type Error = Box<dyn Error + Send + Sync>;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let this = self.get_mut();
        let polled = Pin::new(&mut this.body).poll_frame(context);
        match &polled {
            Poll::Pending => {}
            Poll::Ready(None) => this.note.ended(End::Whole),
            Poll::Ready(Some(Err(_))) => this.note.ended(End::Broken),
            Poll::Ready(Some(Ok(frame))) => {
                if let Some(data) = frame.data_ref() {
                    this.note.data(data);
                }
                if let Some(trailers) = frame.trailers_ref() {
                    this.note.trailers(trailers);
                }
            }
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Noted {
    fn drop(&mut self) {
        // Who knows that nothing comes any more need not ask for it.
        if self.body.is_end_stream() {
            self.note.ended(End::Whole);
        }
        if let Err(error) = self.note.write() {
            eprintln!("nothing was recorded of a message: {error}");
        }
    }
}
