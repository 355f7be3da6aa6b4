//! Which protocol a case of the suite is about.

/// A protocol that the suite tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Protocol {
    Connect,
    Grpc,
    GrpcWeb,
}

impl Protocol {
    /// The name in reports.
    pub(super) fn name(self) -> &'static str {
        match self {
            Protocol::Connect => "connect",
            Protocol::Grpc => "grpc",
            Protocol::GrpcWeb => "grpc-web",
        }
    }
}

/// The protocol of the case of this name: `Basic/HTTPVersion:1/Protocol:PROTOCOL_GRPC_WEB/…`. A case of a suite that is
/// about one protocol alone does not say it, but such suites have its name before theirs: `gRPC-Web Trailers/…`.
pub(super) fn named(case: &str) -> Option<Protocol> {
    let case = case.trim_start_matches('"');
    let said = case
        .split('/')
        .find_map(|part| part.strip_prefix("Protocol:PROTOCOL_"));
    match said.or_else(|| case.split(' ').next())? {
        "CONNECT" | "Connect" => Some(Protocol::Connect),
        "GRPC" | "gRPC" => Some(Protocol::Grpc),
        "GRPC_WEB" | "gRPC-Web" => Some(Protocol::GrpcWeb),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_says_its_protocol_or_its_suite_does() {
        let basic = "Basic/HTTPVersion:2/Protocol:PROTOCOL_GRPC/Codec:CODEC_PROTO/TLS:false/unary";
        assert_eq!(named(basic), Some(Protocol::Grpc));
        let web = "\"Timeouts/HTTPVersion:1/Protocol:PROTOCOL_GRPC_WEB/unary\"...";
        assert_eq!(named(web), Some(Protocol::GrpcWeb));
        let get = "Connect with GET/HTTPVersion:1/TLS:true/success";
        assert_eq!(named(get), Some(Protocol::Connect));
        assert_eq!(named("Something Else/TLS:true/success"), None);
    }
}
