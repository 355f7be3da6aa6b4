//! What becomes of one message.

use crate::messages::conformance::{
    ConformanceRequest, ConformanceResponse, TestCategory, WireFormat,
    conformance_request::Payload, conformance_response::Result as Answer,
};
use crate::messages::protobuf_test_messages::{
    proto2::TestAllTypesProto2, proto3::TestAllTypesProto3,
};
use bytes::{Bytes, BytesMut};
use iris_core::json::{self, ProtoJson};
use iris_core::{Format, Message};

/// Reads the message of the request and writes it as asked.
pub(crate) fn answer(request: ConformanceRequest) -> ConformanceResponse {
    let answer = convert(request).unwrap_or_else(|answer| answer);
    ConformanceResponse {
        result: Some(answer),
    }
}

fn convert(request: ConformanceRequest) -> Result<Answer, Answer> {
    let requested = request.requested_output_format();
    let lenient = request.test_category() == TestCategory::JsonIgnoreUnknownParsingTest;
    let (from, bytes) = match request.payload {
        Some(Payload::ProtobufPayload(bytes)) => (Format::Proto, bytes),
        Some(Payload::JsonPayload(text)) => (Format::Json, text.into()),
        Some(Payload::TextPayload(_)) => return Err(skipped("the text format")),
        Some(Payload::JspbPayload(_)) => return Err(skipped("JSPB")),
        None => return Err(Answer::RuntimeError("there is no payload".to_owned())),
    };
    let to = match requested {
        WireFormat::Protobuf => Format::Proto,
        WireFormat::Json => Format::Json,
        WireFormat::TextFormat => return Err(skipped("the text format")),
        WireFormat::Jspb => return Err(skipped("JSPB")),
        WireFormat::Unspecified => {
            return Err(Answer::RuntimeError("no format is asked for".to_owned()));
        }
    };
    match request.message_type {
        name if name == TestAllTypesProto3::full_name() => {
            rewrite::<TestAllTypesProto3>(from, bytes, lenient, to)
        }
        name if name == TestAllTypesProto2::full_name() => {
            rewrite::<TestAllTypesProto2>(from, bytes, lenient, to)
        }
        name => Err(skipped(&name)),
    }
}

/// `lenient` is for JSON alone: whether what is not known is passed over, as the call path does.
fn rewrite<M: Message + ProtoJson>(
    from: Format,
    bytes: Bytes,
    lenient: bool,
    to: Format,
) -> Result<Answer, Answer> {
    let message = match from {
        Format::Json if !lenient => {
            json::from_slice_strict(&bytes).map_err(|error| error.to_string())
        }
        _ => M::decode(from, bytes).map_err(|error| error.to_string()),
    }
    .map_err(Answer::ParseError)?;
    let mut written = BytesMut::new();
    message
        .encode(to, &mut written)
        .map_err(|error| Answer::SerializeError(error.to_string()))?;
    match to {
        Format::Proto => Ok(Answer::ProtobufPayload(written.freeze())),
        _ => String::from_utf8(written.into())
            .map(Answer::JsonPayload)
            .map_err(|error| Answer::RuntimeError(error.to_string())),
    }
}

/// For what Iris does not do.
fn skipped(what: &str) -> Answer {
    Answer::Skipped(format!("Iris does not have {what}"))
}
