//! Why a stream ends at once.

use std::fmt;

/// The reason in a RESET.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reset {
    /// 0: the caller has lost interest.
    Cancelled,
    /// 1: the call was not looked at, and may be sent again.
    Refused,
    /// 2: the other side sent what may not stand on this stream.
    ProtocolError,
    /// 3: more DATA came than the window allowed, or the window grew beyond what it may be.
    FlowControl,
    /// 4: something failed that is none of the caller's business.
    Internal,
}

impl Reset {
    /// The reason of this number. One that is not known is as good as [`Reset::Internal`].
    pub fn from_code(code: u8) -> Self {
        match code {
            0 => Reset::Cancelled,
            1 => Reset::Refused,
            2 => Reset::ProtocolError,
            3 => Reset::FlowControl,
            _ => Reset::Internal,
        }
    }

    /// The number on the wire.
    pub fn code(self) -> u8 {
        match self {
            Reset::Cancelled => 0,
            Reset::Refused => 1,
            Reset::ProtocolError => 2,
            Reset::FlowControl => 3,
            Reset::Internal => 4,
        }
    }
}

impl fmt::Display for Reset {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Reset::Cancelled => "cancelled",
            Reset::Refused => "refused, not processed",
            Reset::ProtocolError => "protocol error",
            Reset::FlowControl => "flow control broken",
            Reset::Internal => "internal error",
        })
    }
}
