//! Messages in and out of a mock's closures.

use crate::{Format, IrisError, Message, code};
use bytes::{Bytes, BytesMut};

/// The messages of an answer, encoded, and the error that ended it.
pub(super) struct Reply {
    pub(super) messages: Vec<Bytes>,
    pub(super) error: Option<IrisError>,
}

impl Reply {
    pub(super) fn failed(error: IrisError) -> Self {
        Reply {
            messages: Vec::new(),
            error: Some(error),
        }
    }
}

/// Encodes results up to the first error.
pub(super) fn encode<M: Message>(
    format: Format,
    results: impl IntoIterator<Item = Result<M, IrisError>>,
) -> Reply {
    let mut messages = Vec::new();
    for result in results {
        let encoded = result.and_then(|message| {
            let mut buffer = BytesMut::new();
            let encoded = message.encode(format, &mut buffer);
            encoded.map_err(IrisError::internal)?;
            Ok(buffer.freeze())
        });
        match encoded {
            Ok(message) => messages.push(message),
            Err(error) => {
                return Reply {
                    messages,
                    error: Some(error),
                };
            }
        }
    }
    Reply {
        messages,
        error: None,
    }
}

/// Decodes the messages of a request.
pub(super) fn decode<M: Message>(
    format: Format,
    messages: Vec<Bytes>,
) -> Result<Vec<M>, IrisError> {
    messages
        .into_iter()
        .map(|message| {
            M::decode(format, message)
                .map_err(|error| error.into_error(code::IRIS_INVALID_REQUEST_MESSAGE))
        })
        .collect()
}

/// Decodes the only message of a request.
pub(super) fn decode_one<M: Message>(format: Format, messages: Vec<Bytes>) -> Result<M, IrisError> {
    let mut messages = decode(format, messages)?;
    match (messages.pop(), messages.is_empty()) {
        (Some(message), true) => Ok(message),
        (None, _) => Err(IrisError::new(
            code::IRIS_MESSAGE_MISSING,
            "the request has no message",
        )),
        (Some(_), false) => Err(IrisError::new(
            code::IRIS_INVALID_REQUEST_MESSAGE,
            "the request has several messages where one was to come",
        )),
    }
}
