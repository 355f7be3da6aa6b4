//! The content types of messages, as both ends write them.

use crate::Format;

/// Of a unary call in Connect, whose body is the message (Connect protocol, "Unary-Request").
pub fn unary(format: Format) -> &'static str {
    match format {
        Format::Proto => "application/proto",
        Format::Json => super::connect::JSON,
    }
}

/// Of a stream in Connect (Connect protocol, "Streaming-Request").
pub fn stream(format: Format) -> &'static str {
    match format {
        Format::Proto => "application/connect+proto",
        Format::Json => "application/connect+json",
    }
}

/// Of gRPC (`PROTOCOL-HTTP2.md`, "Content-Type").
pub fn grpc(format: Format) -> &'static str {
    match format {
        Format::Proto => "application/grpc+proto",
        Format::Json => "application/grpc+json",
    }
}

/// Of gRPC-Web in its binary form (`PROTOCOL-WEB.md`, "Content-Type").
pub fn grpc_web(format: Format) -> &'static str {
    match format {
        Format::Proto => "application/grpc-web+proto",
        Format::Json => "application/grpc-web+json",
    }
}

/// Of its form in base64.
pub fn grpc_web_text(format: Format) -> &'static str {
    match format {
        Format::Proto => "application/grpc-web-text+proto",
        Format::Json => "application/grpc-web-text+json",
    }
}
