//! The task that runs a request in the page.

use super::Sending;
use super::exchange::{Answering, Content};
use super::js::{self, AbortController, Answer, Headers, Options, Piece, Reader};
use crate::Status;
use crate::transport::Failure;
use crate::transport::web::thrown;
use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use js_sys::futures::JsFuture;
use js_sys::{Promise, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};

/// Runs a request to its end, or until the caller has gone.
pub(super) async fn run(sending: Sending, caller: Answering) {
    let controller = AbortController::new();
    if exchange(sending, &controller, &caller).await.is_none() {
        controller.abort();
    }
}

/// `None` where the caller has gone before the end.
async fn exchange(
    sending: Sending,
    controller: &AbortController,
    caller: &Answering,
) -> Option<()> {
    let sent = send(&sending, controller);
    let answer: Answer = match settled(sent, caller).await? {
        Ok(answer) => answer.unchecked_into(),
        Err(error) => {
            caller.head(Err(unreached(&error)));
            return Some(());
        }
    };
    let Ok(status) = StatusCode::from_u16(answer.status()) else {
        let text = format!("the browser gave it the status {}", answer.status());
        caller.head(Err(Failure::lasting(Status::Unknown, text)));
        return Some(());
    };
    let mut head = Response::new(());
    *head.status_mut() = status;
    let length = read_headers(&answer.headers(), head.headers_mut());
    // Another origin's answer does not say whether it was packed, and its length may be that of what was.
    let length = length.filter(|_| answer.kind() != "cors");
    let Some(body) = answer.body() else {
        caller.head(Ok(head.map(|()| Content::Whole(Bytes::new()))));
        return Some(());
    };
    caller.head(Ok(head.map(|()| Content::Stream { length })));
    match body.reader() {
        Ok(reader) => read(&reader, caller).await,
        Err(error) => {
            caller.piece(Err(broken_off(&error)));
            Some(())
        }
    }
}

/// Reads a body to its end, as it is asked for.
async fn read(reader: &Reader, caller: &Answering) -> Option<()> {
    loop {
        caller.asked().await?;
        let piece: Piece = match settled(reader.read(), caller).await? {
            Ok(piece) => piece.unchecked_into(),
            Err(error) => {
                caller.piece(Err(broken_off(&error)));
                return Some(());
            }
        };
        if piece.done() {
            caller.piece(Ok(None));
            return Some(());
        }
        caller.piece(Ok(Some(piece.value().to_vec().into())));
    }
}

fn send(sending: &Sending, controller: &AbortController) -> Result<Promise, JsValue> {
    let headers = Headers::new();
    for (name, value) in &sending.headers {
        if let Ok(value) = value.to_str() {
            headers.append(name.as_str(), value)?;
        }
    }
    let options = Options::new();
    options.set_method(sending.method.as_str());
    options.set_headers(&headers);
    options.set_credentials(sending.credentials.as_str());
    options.set_signal(&controller.signal());
    if let Some(body) = &sending.body {
        options.set_body(&Uint8Array::from(&body[..]));
    }
    js::fetch(&sending.url, &options)
}

/// What a promise came to. `None` where the caller has gone before.
async fn settled(
    promise: Result<Promise, JsValue>,
    caller: &Answering,
) -> Option<Result<JsValue, JsValue>> {
    match promise {
        Ok(promise) => caller.unless_gone(JsFuture::from(promise)).await,
        Err(error) => Some(Err(error)),
    }
}

/// Takes the headers over; gives the body's length where they tell it.
///
/// A browser unpacks bodies itself, and leaves the headers that describe them packed.
fn read_headers(from: &Headers, to: &mut HeaderMap) -> Option<u64> {
    from.for_each(&mut |value: String, name: String| {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            let _ = to.try_append(name, value);
        }
    });
    if to.remove(CONTENT_ENCODING).is_some() {
        to.remove(CONTENT_LENGTH);
    }
    to.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn unreached(error: &JsValue) -> Failure {
    Failure::unavailable(thrown::unreached(error))
}

fn broken_off(error: &JsValue) -> Failure {
    // How a server resets a stream looks like any other break to a page.
    Failure::unavailable(thrown::described(error)).or_late()
}
