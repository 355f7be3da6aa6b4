//! `application/grpc-web-text`: the body in base64, which may be padded wherever a piece of it ends.

use crate::Body;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http_body::Frame;
use std::error::Error;
use std::fmt;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

type BoxError = Box<dyn Error + Send + Sync>;

/// A body as base64, each piece padded by itself, so that nothing is held back.
#[derive(Debug)]
pub struct ToText(Body);

impl ToText {
    /// The text of `body`.
    pub fn new(body: Body) -> Self {
        ToText(body)
    }

    /// The text of a body that is at hand.
    pub fn text(body: &[u8]) -> String {
        STANDARD.encode(body)
    }
}

impl http_body::Body for ToText {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let frame = ready!(Pin::new(&mut self.0).poll_frame(context));
        Poll::Ready(frame.map(|frame| Ok(frame?.map_data(|data| Bytes::from(ToText::text(&data))))))
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
    }
}

/// The bytes that a body of base64 stands for.
#[derive(Debug)]
pub struct FromText {
    body: Body,
    /// Up to three characters that are no group of four yet.
    partial: Vec<u8>,
    /// What is wrong behind the bytes that were given out: the same, however the text was cut.
    wrong: Option<BoxError>,
}

impl FromText {
    /// What `body` stands for.
    pub fn new(body: Body) -> Self {
        FromText {
            body,
            partial: Vec::new(),
            wrong: None,
        }
    }

    /// Says of the bytes what [`Body`] is to be told. Characters that are no group of four begin something by themselves.
    #[cfg(feature = "server")]
    pub(crate) fn set_within_message(&mut self, within: bool) {
        let within = within || !self.partial.is_empty();
        self.body.set_within_message(within);
    }

    fn decode(&mut self, text: &[u8]) -> Bytes {
        let mut bytes = Vec::with_capacity((self.partial.len() + text.len()) / 4 * 3);
        let mut rest = text;
        if !self.partial.is_empty() {
            let missing = (4 - self.partial.len()).min(rest.len());
            self.partial.extend_from_slice(&rest[..missing]);
            rest = &rest[missing..];
            if self.partial.len() < 4 {
                return Bytes::new();
            }
            let group = std::mem::take(&mut self.partial);
            self.wrong = append(&group, &mut bytes).err();
        }
        if self.wrong.is_none() {
            let groups = rest.len() / 4 * 4;
            self.wrong = append(&rest[..groups], &mut bytes).err();
            self.partial.extend_from_slice(&rest[groups..]);
        }
        bytes.into()
    }
}

/// Decodes groups of four, each of which may be padded. What comes before a wrong one is decoded, too.
fn append(mut groups: &[u8], bytes: &mut Vec<u8>) -> Result<(), BoxError> {
    while !groups.is_empty() {
        // Padding ends a piece: what follows begins anew.
        let padding = groups.iter().position(|byte| *byte == b'=');
        let end = padding.map_or(groups.len(), |at| (at / 4 + 1) * 4);
        let (piece, rest) = groups.split_at(end.min(groups.len()));
        let before = bytes.len();
        if let Err(wrong) = STANDARD.decode_vec(piece, bytes) {
            bytes.truncate(before);
            let right = piece
                .chunks(4)
                .map_while(|group| STANDARD.decode(group).ok());
            bytes.extend(right.flatten());
            return Err(no_base64(wrong));
        }
        groups = rest;
    }
    Ok(())
}

/// What a body is that [`FromText`] cannot read. It is the cause of an [`io::Error`] of the kind
/// [`InvalidData`](io::ErrorKind::InvalidData).
#[derive(Debug)]
pub struct NotBase64(BoxError);

impl fmt::Display for NotBase64 {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "it is no base64: {}", self.0)
    }
}

impl Error for NotBase64 {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.0)
    }
}

/// Of a kind that is told apart from that of a connection which broke off.
fn no_base64(why: impl Into<BoxError>) -> BoxError {
    let error = NotBase64(why.into());
    io::Error::new(io::ErrorKind::InvalidData, error).into()
}

impl http_body::Body for FromText {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        loop {
            if let Some(wrong) = self.wrong.take() {
                // Behind it nothing has a meaning.
                self.body = Body::empty();
                self.partial.clear();
                return Poll::Ready(Some(Err(wrong)));
            }
            let frame = match ready!(Pin::new(&mut self.body).poll_frame(context)) {
                Some(frame) => frame?,
                None if self.partial.is_empty() => return Poll::Ready(None),
                None => {
                    self.partial.clear();
                    let why = "it ends inside a group of four";
                    return Poll::Ready(Some(Err(no_base64(why))));
                }
            };
            match frame.into_data() {
                Err(frame) => return Poll::Ready(Some(Ok(frame))),
                Ok(text) => {
                    let bytes = self.decode(&text);
                    if !bytes.is_empty() {
                        return Poll::Ready(Some(Ok(Frame::data(bytes))));
                    }
                    if !self.partial.is_empty() {
                        self.body.set_within_message(true);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decoded<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Result<Vec<u8>, BoxError> {
        let mut decoder = FromText::new(Body::empty());
        let mut bytes = Vec::new();
        for piece in pieces {
            bytes.extend_from_slice(&decoder.decode(piece));
            if let Some(wrong) = decoder.wrong.take() {
                return Err(wrong);
            }
        }
        match decoder.partial.is_empty() {
            true => Ok(bytes),
            false => Err("incomplete".into()),
        }
    }

    #[test]
    fn padding_may_stand_wherever_a_piece_ends() {
        assert_eq!(decoded([&b"aGk=aGk="[..]]).unwrap(), b"hihi");
        assert_eq!(
            decoded([&b"a"[..], b"Gk=YQ", b"==", b"aGk="]).unwrap(),
            b"hiahi"
        );
        for wrong in [&b"a"[..], b"a===", b"aG!=", b"=aGk", b"====", b"aGk=a"] {
            assert!(decoded([wrong]).is_err(), "{}", wrong.escape_ascii());
        }
    }

    #[test]
    fn what_comes_before_something_wrong_is_the_same_in_any_pieces() {
        let text = b"aGk=aGloaGk!aGk=";
        for size in 1..=text.len() {
            let mut decoder = FromText::new(Body::empty());
            let mut bytes = Vec::new();
            for piece in text.chunks(size) {
                bytes.extend_from_slice(&decoder.decode(piece));
                if decoder.wrong.is_some() {
                    break;
                }
            }
            assert_eq!(bytes, b"hihih", "in pieces of {size}");
            assert!(decoder.wrong.is_some(), "in pieces of {size}");
        }
    }

    proptest! {
        #[test]
        fn text_cut_anywhere_comes_back(pieces: Vec<Vec<u8>>, size in 1usize..7) {
            let text: String = pieces.iter().map(|piece| STANDARD.encode(piece)).collect();
            prop_assert_eq!(decoded(text.as_bytes().chunks(size)).unwrap(), pieces.concat());
        }

        #[test]
        fn any_text_is_bytes_or_an_error(text: Vec<u8>, size in 1usize..7) {
            let _ = decoded(text.chunks(size));
        }
    }
}
