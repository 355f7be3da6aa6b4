//! What sockets, TLS and HTTP say went wrong, in words.

use super::{Fault, communication, find, heads};
use crate::transport::{ConnectFailure, PING_TIMEOUT, Via};
use crate::unprocessed::Unprocessed;
use crate::{BoxError, IrisError, Status};
use std::error::Error;
use std::io;

/// The request got no answer.
pub(super) fn unanswered(cause: BoxError, base: &str, http2: bool) -> Fault {
    let cause = Unprocessed::mark(cause);
    let via = find::<Via>(&*cause).map(|via| via.address.clone());
    let base = via.as_deref().unwrap_or(base);
    if let Some(failure) = find::<ConnectFailure>(&*cause) {
        let error = communication(
            Status::Unavailable,
            format!("cannot reach {base}: {failure}"),
        );
        return Fault {
            retry: failure.retry,
            ..Fault::from(error.with_source(cause))
        };
    }
    #[cfg(feature = "tls")]
    if let Some(why) = crate::transport::refusal(&*cause) {
        let text = format!("cannot reach {base}: {why}");
        return Fault::from(communication(Status::Unavailable, text)).with_source(cause);
    }
    if let Some(error) = heads::too_large(&*cause, base) {
        return Fault::from(error).with_source(cause);
    }
    if let Some(error) = find::<h2::Error>(&*cause)
        && let Some(reason) = error.reason()
    {
        return unanswered_http2(error, reason, base).with_source(cause);
    }
    if let Some(error) = find::<hyper::Error>(&*cause)
        && error.is_parse()
    {
        return Fault::from(communication(
                Status::Unknown,
                format!(
                    "{base} answered in something other than HTTP/1.1; \
                     if it speaks HTTP/2 alone, build the client with http2(), and if it speaks TLS, write https"
                ),
            ))
            .with_source(cause);
    }
    if let Some(why) = dead(&*cause) {
        let text = format!("the connection to {base} is dead: {why}");
        return Fault {
            retry: true,
            ..Fault::from(communication(Status::Unavailable, text))
        }
        .with_source(cause);
    }
    let hint = match http2 {
        true => "; it may not speak HTTP/2",
        false => "",
    };
    let what = match find::<io::Error>(&*cause).map(io::Error::kind) {
        Some(io::ErrorKind::ConnectionReset) => "reset",
        _ => "closed",
    };
    let text = format!("the connection to {base} was {what} before an answer came{hint}");
    Fault {
        retry: true,
        ..Fault::from(communication(Status::Unavailable, text))
    }
    .with_source(cause)
}

/// What ends a request whose caller has gone: it resets the stream.
pub(crate) fn cancelled() -> BoxError {
    h2::Error::from(h2::Reason::CANCEL).into()
}

/// Whether the server reset the stream because the call is over for it.
pub(crate) fn is_cancelled(error: &IrisError) -> bool {
    find::<h2::Error>(error)
        .is_some_and(|error| error.is_remote() && error.reason() == Some(h2::Reason::CANCEL))
}

/// The answer broke off after it began.
pub(super) fn broken_off(cause: BoxError, base: &str) -> IrisError {
    let via = find::<Via>(&*cause).map(|via| via.address.clone());
    let base = via.as_deref().unwrap_or(base);
    if let Some(error) = heads::too_large(&*cause, base) {
        return error.with_source(cause);
    }
    if let Some(why) = dead(&*cause) {
        let text = format!("the connection to {base} died in the middle of the answer: {why}");
        return communication(Status::Unavailable, text).with_source(cause);
    }
    let reset = find::<h2::Error>(&*cause)
        .filter(|error| error.is_reset())
        .and_then(h2::Error::reason);
    let kind = find::<io::Error>(&*cause).map(io::Error::kind);
    let (status, what) = match (reset, kind) {
        (Some(reason), _) => (
            status_of_reset(reason),
            format!("reset the stream ({reason:?})"),
        ),
        (None, Some(io::ErrorKind::ConnectionReset)) => {
            (Status::Unavailable, "reset the connection".to_owned())
        }
        _ => (Status::Unavailable, "closed the connection".to_owned()),
    };
    communication(status, format!("{base} {what} in the middle of the answer")).with_source(cause)
}

/// Why nothing can be heard of the other end any more, where that is what happened.
fn dead(cause: &(dyn Error + 'static)) -> Option<String> {
    if find::<hyper::Error>(cause).is_some_and(hyper::Error::is_timeout) {
        return Some(format!("no answer to a ping within {PING_TIMEOUT:?}"));
    }
    let kind = find::<io::Error>(cause).map(io::Error::kind);
    (kind == Some(io::ErrorKind::TimedOut))
        .then(|| "its host acknowledges nothing that is sent, or takes nothing more".to_owned())
}

fn unanswered_http2(error: &h2::Error, reason: h2::Reason, base: &str) -> Fault {
    if let Some(error) = heads::refused(error, reason, base) {
        return error.into();
    }
    if error.is_library() {
        return communication(
            Status::Unknown,
            format!(
                "{base} answered in something other than HTTP/2 ({reason:?}), which this call needs: \
                 check the port, and that no proxy between speaks HTTP/1.1 alone"
            ),
        )
        .into();
    }
    if error.is_go_away() && reason == h2::Reason::NO_ERROR {
        let text =
            format!("{base} closed the connection before an answer came; it is shutting down");
        return Fault {
            retry: true,
            ..Fault::from(communication(Status::Unavailable, text))
        };
    }
    let status = status_of_reset(reason);
    let text = format!("{base} reset the stream ({reason:?}) before an answer came");
    Fault {
        retry: status == Status::Unavailable,
        ..Fault::from(communication(status, text))
    }
}

/// The status of a stream's reset (gRPC `PROTOCOL-HTTP2.md`, "HTTP2 Transport Mapping", "Errors").
fn status_of_reset(reason: h2::Reason) -> Status {
    match reason {
        h2::Reason::REFUSED_STREAM => Status::Unavailable,
        h2::Reason::CANCEL => Status::Canceled,
        h2::Reason::ENHANCE_YOUR_CALM => Status::ResourceExhausted,
        h2::Reason::INADEQUATE_SECURITY => Status::PermissionDenied,
        h2::Reason::HTTP_1_1_REQUIRED => Status::Unknown,
        _ => Status::Internal,
    }
}
