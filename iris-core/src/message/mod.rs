//! Messages and the formats they travel in.

mod writer;

use crate::json::ProtoJson;
use crate::pieces::Handed;
use crate::{IrisError, Pieces, code};
use bytes::{BufMut, Bytes, BytesMut};
use std::fmt::Display;

/// A protobuf message that procedures take and give.
///
/// Every message that `iris-build` generates has it. The call path asks for nothing else of a
/// message, so that other representations than prost's can follow.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no protobuf message",
    label = "a procedure takes and gives messages generated from a .proto",
    note = "generate it with `iris_build::generate`; if a filter yields it, borrow it: `user: &{Self}`"
)]
pub trait Message: Send + Sized + 'static {
    /// The protobuf name: `users.v1.CreateUserRequest`.
    fn full_name() -> String;

    /// Reads the message from its encoded form.
    ///
    /// # Errors
    ///
    /// Why the bytes are no such message, with the field's path where it is known.
    fn decode(format: Format, bytes: Bytes) -> Result<Self, DecodeError>;

    /// Appends the encoded message.
    ///
    /// # Errors
    ///
    /// A value without a JSON form (see [`json`](crate::json)): the buffer is then as it was. Protobuf's
    /// binary encoding has one for every value.
    fn encode(&self, format: Format, buffer: &mut BytesMut) -> Result<(), EncodeError>;

    /// Appends so many zeros, and then the encoded message, whose long `bytes` may be
    /// [handed over](Pieces::hand_over) as they are.
    ///
    /// # Errors
    ///
    /// As [`Message::encode`]. What was appended before is thrown away by whoever asked for it.
    fn encode_after(
        &self,
        zeros: usize,
        format: Format,
        pieces: &mut Pieces,
    ) -> Result<(), EncodeError> {
        let buffer = pieces.buffer();
        let start = buffer.len();
        buffer.put_bytes(0, zeros);
        let encoded = self.encode(format, buffer);
        if encoded.is_err() {
            buffer.truncate(start);
        }
        encoded
    }
}

/// How messages are written on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// Protobuf's binary encoding.
    Proto,
    /// ProtoJSON.
    Json,
}

impl Format {
    /// The name in content types: `proto` or `json`.
    pub fn as_str(self) -> &'static str {
        match self {
            Format::Proto => "proto",
            Format::Json => "json",
        }
    }
}

/// Why bytes are not the message they should be.
#[derive(Debug)]
pub struct DecodeError(Box<str>);

impl DecodeError {
    #[cold]
    fn of(full_name: fn() -> String, error: &dyn Display) -> Self {
        DecodeError(format!("{}: {error}", full_name()).into())
    }

    /// The error that a receiver of the bytes reports: 910 on the server, 911 on the client.
    pub fn into_error(self, code: i32) -> IrisError {
        debug_assert!(
            [
                code::IRIS_INVALID_REQUEST_MESSAGE,
                code::IRIS_INVALID_RESPONSE_MESSAGE
            ]
            .contains(&code)
        );
        IrisError::new(code, self.0)
    }
}

impl Display for DecodeError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for DecodeError {}

/// Why a message has no encoded form.
#[derive(Debug)]
pub struct EncodeError(Box<str>);

impl EncodeError {
    #[cold]
    fn of(full_name: fn() -> String, error: &dyn Display) -> Self {
        EncodeError(format!("{}: {error}", full_name()).into())
    }
}

impl Display for EncodeError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for EncodeError {}

#[diagnostic::do_not_recommend]
impl<M> Message for M
where
    M: prost::Message + prost::Name + Default + ProtoJson + 'static,
{
    fn full_name() -> String {
        <M as prost::Name>::full_name()
    }

    fn decode(format: Format, bytes: Bytes) -> Result<Self, DecodeError> {
        match format {
            Format::Proto => <M as prost::Message>::decode(bytes)
                .map_err(|error| DecodeError::of(<M as prost::Name>::full_name, &error)),
            Format::Json => crate::json::from_slice(&bytes)
                .map_err(|error| DecodeError::of(<M as prost::Name>::full_name, &error)),
        }
    }

    fn encode(&self, format: Format, buffer: &mut BytesMut) -> Result<(), EncodeError> {
        encode(self, 0, format, buffer, None)
    }

    fn encode_after(
        &self,
        zeros: usize,
        format: Format,
        pieces: &mut Pieces,
    ) -> Result<(), EncodeError> {
        let (buffer, handed) = pieces.parts();
        encode(self, zeros, format, buffer, handed)
    }
}

fn encode<M: prost::Message + prost::Name + ProtoJson>(
    message: &M,
    zeros: usize,
    format: Format,
    buffer: &mut BytesMut,
    handed: Option<&mut Handed>,
) -> Result<(), EncodeError> {
    match format {
        Format::Proto => {
            writer::write(message, zeros, buffer, handed);
            Ok(())
        }
        Format::Json => {
            let start = buffer.len();
            if start == 0 {
                buffer.reserve(zeros + JSON_ROOM);
            }
            buffer.put_bytes(0, zeros);
            crate::json::to_buffer(message, buffer).map_err(|error| {
                buffer.truncate(start);
                EncodeError::of(<M as prost::Name>::full_name, &error)
            })
        }
    }
}

/// What a message in JSON gets to begin with, in bytes.
const JSON_ROOM: usize = 256;
