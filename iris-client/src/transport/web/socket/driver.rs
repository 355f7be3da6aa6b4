//! The task that has the socket in the page.

use super::js::{CloseEvent, MessageEvent, WebSocket};
use super::link::{Closing, Link, Task};
use crate::Status;
use crate::time::{self, Instant};
use crate::transport::Failure;
use crate::transport::web::thrown;
use crate::waiting::wait;
use iris_core::wire::websocket::{SUBPROTOCOL, close};
use js_sys::{ArrayBuffer, Uint8Array};
use std::cell::RefCell;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use wasm_bindgen::prelude::*;

/// How long it may take until a socket is open.
const CONNECT: Duration = Duration::from_secs(10);

/// No more is given to the socket while so many bytes wait in it for a server that does not read, whatever it lets its
/// callers send. Nothing tells when they are fewer, so that they are looked at again, so much later.
const MOST_UNSENT: f64 = 1_048_576.0;
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// The longest reason of a close, in bytes (RFC 6455, section 5.5).
const LONGEST_REASON: usize = 123;

/// What a browser reports of a socket that went without a close (RFC 6455, section 7.4.1).
const ABNORMAL: u16 = 1006;

/// Connects a socket, no sooner than that moment, and carries what is to be sent until it is closed. Gives how it ended.
pub(super) async fn drive(url: &str, link: &Arc<Link>, not_before: Option<Instant>) -> Ended {
    if let Some(at) = not_before {
        time::sleep_until(at).await;
    }
    let socket = match Socket::new(url, link) {
        Ok(socket) => socket,
        Err(failure) => return Ended::Unconnected(failure),
    };
    if let Err(failure) = socket.opened(url).await {
        return Ended::Unconnected(failure);
    }
    link.opened();
    loop {
        let is_full = socket.js.buffered_amount() > MOST_UNSENT;
        let alarm = match Instant::now().checked_add(LOOK_AGAIN) {
            Some(soon) if is_full => soon.min(link.alarm()),
            _ => link.alarm(),
        };
        match socket.next(link, time::sleep_until(alarm), is_full).await {
            Next::Task(Task::Send(message)) => {
                if let Err(error) = socket.js.send(&message) {
                    return Ended::Lost(Failure::unavailable(thrown::described(&error)));
                }
            }
            Next::Task(Task::Close(closing)) => {
                socket.close(&closing);
                return Ended::Closed;
            }
            Next::Alarm => {
                if let Some(failure) = link.look() {
                    socket.close(&Closing {
                        code: close::NORMAL,
                        reason: "no answer to a ping".to_owned(),
                    });
                    return Ended::Lost(failure);
                }
            }
            Next::Closed(by) => return Ended::Lost(closed(&by)),
        }
    }
}

thread_local! {
    /// Of a socket that is given up. What nobody listens to is an uncaught error for some implementations.
    static IGNORED: Closure<dyn Fn(JsValue)> = Closure::new(|_| {});
}

/// How a socket ended.
pub(super) enum Ended {
    /// It was never open.
    Unconnected(Failure),
    Lost(Failure),
    /// By this end.
    Closed,
}

enum Next {
    Task(Task),
    Alarm,
    Closed(Closing),
}

/// A socket with its callbacks, which are taken off before they are dropped.
struct Socket {
    js: WebSocket,
    events: Rc<RefCell<Events>>,
    _on_open: Closure<dyn Fn()>,
    _on_message: Closure<dyn Fn(MessageEvent)>,
    _on_error: Closure<dyn Fn(JsValue)>,
    _on_close: Closure<dyn Fn(CloseEvent)>,
}

/// What the callbacks tell the task.
#[derive(Default)]
struct Events {
    open: bool,
    closed: Option<Closing>,
    task: Option<Waker>,
}

impl Socket {
    fn new(url: &str, link: &Arc<Link>) -> Result<Self, Failure> {
        let js = WebSocket::new(url, SUBPROTOCOL).map_err(|error| unmade(url, &error))?;
        js.set_binary_type("arraybuffer");
        let events = Rc::<RefCell<Events>>::default();
        let told = |events: &Rc<RefCell<Events>>, change: &dyn Fn(&mut Events)| {
            let task = {
                let mut events = events.borrow_mut();
                change(&mut events);
                events.task.take()
            };
            if let Some(task) = task {
                task.wake();
            }
        };
        let on_open = {
            let events = events.clone();
            Closure::<dyn Fn()>::new(move || told(&events, &|events| events.open = true))
        };
        let on_close = {
            let events = events.clone();
            Closure::<dyn Fn(CloseEvent)>::new(move |event: CloseEvent| {
                let closing = Closing {
                    code: event.code(),
                    reason: event.reason(),
                };
                told(&events, &|events| events.closed = Some(closing.clone()));
            })
        };
        // Node 20 tells of a socket that could not be opened by this alone.
        let on_error = {
            let events = events.clone();
            Closure::<dyn Fn(JsValue)>::new(move |_| {
                told(&events, &|events| {
                    events.closed.get_or_insert_with(|| Closing {
                        code: ABNORMAL,
                        reason: String::new(),
                    });
                });
            })
        };
        let on_message = {
            let link = link.clone();
            Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| receive(&link, &event))
        };
        js.set_on_error(&on_error);
        js.set_on_open(Some(&on_open));
        js.set_on_message(Some(&on_message));
        js.set_on_close(Some(&on_close));
        Ok(Socket {
            js,
            events,
            _on_open: on_open,
            _on_message: on_message,
            _on_error: on_error,
            _on_close: on_close,
        })
    }

    /// Waits until the socket is open, and checks that the server speaks this protocol.
    async fn opened(&self, url: &str) -> Result<(), Failure> {
        let limit = time::sleep(CONNECT);
        let mut limit = std::pin::pin!(limit);
        let opened = std::future::poll_fn(|context| {
            let mut events = self.events.borrow_mut();
            if let Some(by) = &events.closed {
                return Poll::Ready(Err(unopened(url, by)));
            }
            if events.open {
                return Poll::Ready(Ok(()));
            }
            let before = wait(&mut events.task, context.waker());
            drop(events);
            drop(before);
            limit.as_mut().poll(context).map(|()| {
                Err(Failure::unavailable(format!(
                    "no WebSocket at {url} within {CONNECT:?}"
                )))
            })
        });
        opened.await?;
        match self.js.protocol() == SUBPROTOCOL {
            true => Ok(()),
            false => Err(Failure::lasting(
                Status::Unimplemented,
                format!("the WebSocket at {url} does not speak {SUBPROTOCOL}"),
            )),
        }
    }

    async fn next(&self, link: &Link, alarm: time::Sleep, is_full: bool) -> Next {
        let mut alarm = std::pin::pin!(alarm);
        std::future::poll_fn(|context| self.poll_next(link, alarm.as_mut(), is_full, context)).await
    }

    fn poll_next(
        &self,
        link: &Link,
        alarm: Pin<&mut time::Sleep>,
        is_full: bool,
        context: &mut Context<'_>,
    ) -> Poll<Next> {
        let mut events = self.events.borrow_mut();
        if let Some(by) = events.closed.take() {
            return Poll::Ready(Next::Closed(by));
        }
        let before = wait(&mut events.task, context.waker());
        drop(events);
        drop(before);
        let task = match is_full {
            true => link.closing().map_or(Poll::Pending, Poll::Ready),
            false => link.poll_task(context),
        };
        if let Poll::Ready(task) = task {
            return Poll::Ready(Next::Task(task));
        }
        alarm.poll(context).map(|()| Next::Alarm)
    }

    fn close(&self, closing: &Closing) {
        let mut reason = closing.reason.as_str();
        while reason.len() > LONGEST_REASON {
            let last = reason.char_indices().next_back();
            reason = &reason[..last.map_or(0, |(index, _)| index)];
        }
        // It fails for codes alone that pages may not send, of which there is none here.
        let _ = self.js.close(closing.code, reason);
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.js.set_on_open(None);
        self.js.set_on_message(None);
        self.js.set_on_close(None);
        IGNORED.with(|ignored| self.js.set_on_error(ignored));
        // One that is closed already stays as it is.
        let _ = self.js.close(close::NORMAL, "");
    }
}

fn receive(link: &Link, event: &MessageEvent) {
    match event.data().dyn_into::<ArrayBuffer>() {
        Ok(buffer) => link.receive(Uint8Array::new(&buffer).to_vec().into()),
        Err(_) => link.refuse(close::PROTOCOL_ERROR, "a message that is not binary"),
    }
}

/// Why there is not even a socket to be opened.
fn unmade(url: &str, error: &JsValue) -> Failure {
    let mut text = format!(
        "no WebSocket can be made for {url}: {}",
        thrown::described(error)
    );
    if thrown::is_missing(error) {
        text.push_str(
            "; Node has them from version 22 on, before that with --experimental-websocket, and by \
             globalThis.WebSocket = (await import(\"ws\")).WebSocket",
        );
    }
    Failure::lasting(Status::Unimplemented, text)
}

/// Why a socket was closed before it was open. Browsers keep it from pages, as with fetch.
fn unopened(url: &str, by: &Closing) -> Failure {
    if thrown::is_offline() {
        return Failure::unavailable("the browser is offline");
    }
    let Closing { code, reason } = by;
    match *code {
        ABNORMAL => Failure::unavailable(format!(
            "no WebSocket at {url}; the browser's console may tell more: nothing listens there, it is no Iris server \
             or something between takes no WebSockets, or the server does not allow this page's origin \
             (HttpServer::allow_origins)"
        )),
        code => Failure::unavailable(format!(
            "the server closed the WebSocket ({code}): {reason}"
        )),
    }
}

/// Why a socket is not open any more.
fn closed(by: &Closing) -> Failure {
    let Closing { code, reason } = by;
    match *code {
        ABNORMAL => Failure::unavailable("the connection of the WebSocket broke"),
        close::PROTOCOL_ERROR | close::TOO_LONG => Failure::lasting(
            Status::Internal,
            format!("the server closed the WebSocket ({code}): {reason}"),
        ),
        code => Failure::unavailable(format!(
            "the server closed the WebSocket ({code}): {reason}"
        )),
    }
}
