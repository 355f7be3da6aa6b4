//! HTTP/2 and WebSockets by hand.

/// What a client of HTTP/2 says first.
pub(crate) const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";

/// A frame of HTTP/2 (RFC 9113, section 4.1).
pub(crate) fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let head = [&length[1..], &[kind, flags], &stream.to_be_bytes()].concat();
    [&head, payload].concat()
}

/// The header `content-length`, in HPACK (RFC 7541, appendix A) without compression.
pub(crate) fn length(digits: &str) -> Vec<u8> {
    [
        &[0x0f, 0x0d, u8::try_from(digits.len()).unwrap()],
        digits.as_bytes(),
    ]
    .concat()
}

/// A head for a POST, in HPACK (RFC 7541) without compression.
pub(crate) fn head(path: &str, format: &str) -> Vec<u8> {
    let text = |text: &str| [&[u8::try_from(text.len()).unwrap()], text.as_bytes()].concat();
    [
        vec![0x83, 0x86, 0x04],
        text(path),
        vec![0x01],
        text("localhost"),
        vec![0x0f, 0x10],
        text(&format!("application/{format}")),
    ]
    .concat()
}

/// A handshake, and what is said on the socket then.
pub(crate) fn socket(said: Vec<u8>) -> Vec<u8> {
    let handshake =
        b"GET /-/websocket HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
        sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
        sec-websocket-protocol: iris.v1\r\n\r\n";
    [&handshake[..], &said].concat()
}

/// A binary message as clients send it (RFC 6455, section 5.2), with a mask that changes nothing.
fn message(frame: &[u8]) -> Vec<u8> {
    let length = u64::try_from(frame.len()).unwrap().to_be_bytes();
    [&[0x82, 0xff], &length[..], &[0; 4], frame].concat()
}

/// A frame of a stream.
pub(crate) fn message_of(kind: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    message(&[&[kind], &stream.to_be_bytes()[..], payload].concat())
}

/// HEAD.
pub(crate) fn open(stream: u32, path: &str, kind: &str) -> Vec<u8> {
    let head = format!("{path}\ncontent-type: application/{kind}");
    message_of(1, stream, head.as_bytes())
}

/// DATA and END.
pub(crate) fn frames(stream: u32, body: &[u8]) -> Vec<u8> {
    [message_of(2, stream, body), message_of(3, stream, b"")].concat()
}
