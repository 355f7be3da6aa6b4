//! What comes over a WebSocket: frames and heads, and what both ends count of a stream.

use crate::input::Input;
use bytes::Bytes;
use iris_core::wire::websocket::{
    Frame, FrameError, HeadError, MAX_DATA, MAX_FRAME, MAX_HEAD, MAX_PING, MAX_WINDOW,
    ReceiveWindow, SendWindow, WINDOW, close, parse_request, parse_response, write_request,
    write_response,
};

/// A message is a frame that is written as it was read, or an error that closes the socket; a head that is read is
/// written as one that reads the same; windows never hold more than they may.
pub fn websocket(bytes: &[u8]) {
    frame(Bytes::copy_from_slice(bytes));
    request(bytes);
    response(bytes);
    windows(Input::new(bytes));
}

fn frame(message: Bytes) {
    match Frame::decode(message.clone()) {
        Ok(Frame::Unknown) => {
            assert!(message.len() >= 5);
            assert!(message[0] == 0 || message[0] > 8);
        }
        Ok(frame) => {
            let written = frame.encode();
            // Reasons of later versions are read as one that is known.
            match frame {
                Frame::Reset { .. } => assert_eq!(written[..5], message[..5]),
                _ => assert_eq!(written, message),
            }
            assert_eq!(Frame::decode(written), Ok(frame.clone()));
            within_its_bounds(&frame);
            match frame {
                Frame::Head { head, .. } => {
                    request(&head);
                    response(&head);
                }
                Frame::Ping(payload) => {
                    let pong = Frame::Pong(payload).encode();
                    assert_eq!(pong[1..], message[1..]);
                }
                _ => {}
            }
        }
        Err(error) => {
            let too_long = message.len() > MAX_FRAME;
            assert_eq!(matches!(error, FrameError::TooLong { .. }), too_long);
            let code = if too_long {
                close::TOO_LONG
            } else {
                close::PROTOCOL_ERROR
            };
            assert_eq!(error.close_code(), code);
            // A close frame has room for no more (RFC 6455, section 5.5).
            assert!(error.to_string().len() <= 123, "{error}");
        }
    }
}

fn within_its_bounds(frame: &Frame) {
    match frame {
        Frame::Head { stream, .. } | Frame::End { stream } | Frame::Reset { stream, .. } => {
            assert_ne!(*stream, 0);
        }
        Frame::Data { stream, data } => {
            assert_ne!(*stream, 0);
            assert!(data.len() <= MAX_DATA);
        }
        Frame::Window { stream, more } => {
            assert_ne!(*stream, 0);
            assert!((1..=MAX_WINDOW).contains(more));
        }
        Frame::Ping(payload) | Frame::Pong(payload) => assert!(payload.len() <= MAX_PING),
        Frame::GoAway { .. } | Frame::Unknown => {}
    }
}

fn request(bytes: &[u8]) {
    match parse_request(bytes) {
        Ok(head) => {
            assert!(head.path.as_str().starts_with('/'));
            let written =
                write_request(&head.path, &head.headers).expect("what was read is written");
            assert_eq!(parse_request(&written), Ok(head));
        }
        Err(error) => refused(bytes, &error),
    }
}

fn response(bytes: &[u8]) {
    match parse_response(bytes) {
        Ok(head) => {
            let written =
                write_response(head.status, &head.headers).expect("what was read is written");
            assert_eq!(parse_response(&written), Ok(head));
        }
        Err(error) => refused(bytes, &error),
    }
}

fn refused(bytes: &[u8], error: &HeadError) {
    assert!(error.to_string().len() <= 123, "{error}");
    match error {
        // Each header is counted with more than its two bytes of separators.
        HeadError::TooLarge => assert!(bytes.len() > MAX_HEAD / 16),
        HeadError::Malformed { line, .. } => {
            let lines = bytes.split(|byte| *byte == b'\n').count();
            assert!((1..=lines).contains(line), "{line} of {lines}");
        }
    }
}

/// A sender who keeps to its window and one who does not, and a receiver who reads as it likes.
fn windows(mut input: Input<'_>) {
    let (mut sender, mut receiver) = (SendWindow::new(), ReceiveWindow::new());
    let mut unread = 0;
    while !input.rest().is_empty() {
        let kind = input.byte();
        let bytes = usize::from(input.u16()) << (kind >> 4);
        match kind & 3 {
            0 => {
                let sent = sender.take(bytes);
                assert!(sent <= bytes.min(MAX_DATA));
                receiver.receive(sent).expect("what may be sent may come");
                unread += sent;
            }
            1 => {
                let read = bytes.min(unread);
                unread -= read;
                if let Some(back) = receiver.consume(read) {
                    sender.widen(back).expect("what was taken comes back");
                }
            }
            2 => {
                let (mut hostile, before) = (receiver.clone(), unread);
                if hostile.receive(bytes).is_ok() {
                    assert!(before + bytes <= WINDOW as usize);
                } else {
                    assert_eq!(hostile, receiver);
                }
            }
            _ => {
                let mut widened = sender.clone();
                if widened.widen(bytes as u32).is_err() {
                    assert_eq!(widened, sender);
                }
            }
        }
        assert!(unread <= WINDOW as usize);
    }
}
