//! The body of a request, sent as the server takes it.

use super::link::Link;
use super::stream::Stream;
use crate::Body;
use http_body::Body as _;
use iris_core::wire::websocket::{Frame, Reset};
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;

/// Sends a body to its end, or to that of the call.
pub(super) async fn upload(mut body: Body, link: Arc<Link>, id: u32, stream: Arc<Stream>) {
    loop {
        let next = poll_fn(|context| {
            // What nobody takes any more is not asked for.
            match stream.is_over(context) {
                true => Poll::Ready(None),
                false => Pin::new(&mut body).poll_frame(context).map(Some),
            }
        });
        match next.await {
            None => return,
            Some(None) => {
                link.send(Frame::End { stream: id });
                return;
            }
            // The caller knows why.
            Some(Some(Err(_))) => return link.cancel(id, Reset::Cancelled),
            Some(Some(Ok(frame))) => {
                let mut data = frame.into_data().unwrap_or_default();
                while !data.is_empty() {
                    let room = poll_fn(|context| {
                        if stream.is_over(context) {
                            return Poll::Ready(None);
                        }
                        match link.is_full(context) {
                            true => Poll::Pending,
                            false => stream.poll_room(data.len(), context),
                        }
                    });
                    let Some(room) = room.await else {
                        return;
                    };
                    let data = data.split_to(room);
                    link.send(Frame::Data { stream: id, data });
                }
            }
        }
    }
}
