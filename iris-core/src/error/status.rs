//! The canonical codes that gRPC and Connect share.

use std::fmt;
use std::str::FromStr;

/// A canonical code without `ok`: what generic clients, proxies and dashboards understand of a failure.
///
/// Numbers are those of gRPC (`doc/statuscodes.md`), names those of the Connect protocol ("Error Codes").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
#[expect(missing_docs, reason = "the names are gRPC's own")]
pub enum Status {
    Canceled = 1,
    Unknown = 2,
    InvalidArgument = 3,
    DeadlineExceeded = 4,
    NotFound = 5,
    AlreadyExists = 6,
    PermissionDenied = 7,
    ResourceExhausted = 8,
    FailedPrecondition = 9,
    Aborted = 10,
    OutOfRange = 11,
    Unimplemented = 12,
    Internal = 13,
    Unavailable = 14,
    DataLoss = 15,
    Unauthenticated = 16,
}

impl Status {
    /// Every status, in the order of its number.
    pub const ALL: [Status; 16] = [
        Status::Canceled,
        Status::Unknown,
        Status::InvalidArgument,
        Status::DeadlineExceeded,
        Status::NotFound,
        Status::AlreadyExists,
        Status::PermissionDenied,
        Status::ResourceExhausted,
        Status::FailedPrecondition,
        Status::Aborted,
        Status::OutOfRange,
        Status::Unimplemented,
        Status::Internal,
        Status::Unavailable,
        Status::DataLoss,
        Status::Unauthenticated,
    ];

    /// The status with gRPC's number, `None` for 0 and for numbers gRPC does not know.
    pub fn from_number(number: i32) -> Option<Status> {
        let index = usize::try_from(number).ok()?.checked_sub(1)?;
        Status::ALL.get(index).copied()
    }

    /// gRPC's number.
    pub fn number(self) -> i32 {
        i32::from(self as u8)
    }

    /// The name on the wire of the Connect protocol: `failed_precondition`.
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Canceled => "canceled",
            Status::Unknown => "unknown",
            Status::InvalidArgument => "invalid_argument",
            Status::DeadlineExceeded => "deadline_exceeded",
            Status::NotFound => "not_found",
            Status::AlreadyExists => "already_exists",
            Status::PermissionDenied => "permission_denied",
            Status::ResourceExhausted => "resource_exhausted",
            Status::FailedPrecondition => "failed_precondition",
            Status::Aborted => "aborted",
            Status::OutOfRange => "out_of_range",
            Status::Unimplemented => "unimplemented",
            Status::Internal => "internal",
            Status::Unavailable => "unavailable",
            Status::DataLoss => "data_loss",
            Status::Unauthenticated => "unauthenticated",
        }
    }

    /// The name in gRPC's documents, and in telemetry: `FAILED_PRECONDITION`.
    pub fn grpc_name(self) -> &'static str {
        match self {
            Status::Canceled => "CANCELLED",
            Status::Unknown => "UNKNOWN",
            Status::InvalidArgument => "INVALID_ARGUMENT",
            Status::DeadlineExceeded => "DEADLINE_EXCEEDED",
            Status::NotFound => "NOT_FOUND",
            Status::AlreadyExists => "ALREADY_EXISTS",
            Status::PermissionDenied => "PERMISSION_DENIED",
            Status::ResourceExhausted => "RESOURCE_EXHAUSTED",
            Status::FailedPrecondition => "FAILED_PRECONDITION",
            Status::Aborted => "ABORTED",
            Status::OutOfRange => "OUT_OF_RANGE",
            Status::Unimplemented => "UNIMPLEMENTED",
            Status::Internal => "INTERNAL",
            Status::Unavailable => "UNAVAILABLE",
            Status::DataLoss => "DATA_LOSS",
            Status::Unauthenticated => "UNAUTHENTICATED",
        }
    }

    /// Whether it says that something is wrong with the server, and not with what its caller asked for
    /// (OpenTelemetry, "Semantic conventions for gRPC", server spans).
    pub fn is_server_fault(self) -> bool {
        matches!(
            self,
            Status::Unknown
                | Status::DeadlineExceeded
                | Status::Unimplemented
                | Status::Internal
                | Status::Unavailable
                | Status::DataLoss
        )
    }

    /// The HTTP status of a Connect unary error (Connect protocol, "Error Codes").
    pub fn to_http(self) -> u16 {
        match self {
            Status::Canceled => 499,
            Status::InvalidArgument | Status::FailedPrecondition | Status::OutOfRange => 400,
            Status::Unauthenticated => 401,
            Status::PermissionDenied => 403,
            Status::NotFound => 404,
            Status::AlreadyExists | Status::Aborted => 409,
            Status::ResourceExhausted => 429,
            Status::Unimplemented => 501,
            Status::Unavailable => 503,
            Status::DeadlineExceeded => 504,
            Status::Unknown | Status::Internal | Status::DataLoss => 500,
        }
    }

    /// The status of an HTTP answer that says nothing more (Connect protocol, "HTTP to Error Code").
    pub fn from_http(http: u16) -> Status {
        match http {
            400 => Status::Internal,
            401 => Status::Unauthenticated,
            403 => Status::PermissionDenied,
            404 => Status::Unimplemented,
            429 | 502 | 503 | 504 => Status::Unavailable,
            _ => Status::Unknown,
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// The text was no name of a [`Status`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownStatus;

impl FromStr for Status {
    type Err = UnknownStatus;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Status::ALL
            .into_iter()
            .find(|status| status.as_str() == name)
            .ok_or(UnknownStatus)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_lead_back() {
        for status in Status::ALL {
            assert_eq!(Status::from_number(status.number()), Some(status));
            assert_eq!(status.as_str().parse(), Ok(status));
        }
        assert_eq!(Status::from_number(0), None);
        assert_eq!(Status::from_number(17), None);
        assert_eq!(Status::from_number(-1), None);
    }
}
