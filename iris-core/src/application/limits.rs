//! What callers may ask for: messages in bytes, and time.

use super::Iris;
use crate::load::Load;
use crate::timeouts::Timeouts;
use std::time::Duration;

/// The largest message a remote takes unless told otherwise: 4 MiB.
pub const DEFAULT_MAX_REQUEST_SIZE: usize = 4 * 1024 * 1024;

/// The largest message a remote answers with unless told otherwise: 4 MiB, what clients take by default.
pub const DEFAULT_MAX_RESPONSE_SIZE: usize = 4 * 1024 * 1024;

/// The limits of an application.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) request: usize,
    pub(crate) response: usize,
    /// From how many bytes on answers are compressed.
    pub(crate) compress: Option<usize>,
    pub(crate) timeouts: Timeouts,
    /// Whether errors leave without Iris's own detail.
    pub(crate) plain_errors: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            request: DEFAULT_MAX_REQUEST_SIZE,
            response: DEFAULT_MAX_RESPONSE_SIZE,
            compress: None,
            timeouts: Timeouts::default(),
            plain_errors: false,
        }
    }
}

impl<C> Iris<C> {
    /// The largest message a caller may send, in bytes: 4 MiB unless set ([`DEFAULT_MAX_REQUEST_SIZE`]). A larger one is
    /// refused with 913 and read no further than this; so is one that unpacks to more.
    pub fn max_request_size(mut self, bytes: usize) -> Self {
        self.limits.request = bytes;
        self
    }

    /// The largest message a procedure may answer with, in bytes: 4 MiB unless set ([`DEFAULT_MAX_RESPONSE_SIZE`]). The
    /// caller gets 913 in place of a larger one.
    pub fn max_response_size(mut self, bytes: usize) -> Self {
        self.limits.response = bytes;
        self
    }

    /// Compresses answers of at least this many bytes for callers that read them compressed; below some
    /// 1,000 bytes it seldom saves a packet.
    ///
    /// Off unless asked for: it costs more time than a fast network needs for the bytes, and an
    /// attacker who can watch lengths, and choose a part of an answer, can guess what else is in it
    /// (the BREACH attack). Requests may always be compressed. The features `gzip` (on by default),
    /// `zstd` and `brotli` say which ways there are; the caller's first that is known is taken.
    pub fn compress_responses(mut self, at_least: usize) -> Self {
        self.limits.compress = Some(at_least);
        self
    }

    /// Sends errors as a canonical status, a message and the details they were given, without Iris's
    /// numeric code. For services whose contract another specification lays down, down to its errors;
    /// Iris clients see 900 with that status.
    pub fn plain_errors(mut self) -> Self {
        self.limits.plain_errors = true;
        self
    }

    /// The timeout of calls whose callers set none. Without this they may take as long as they like.
    pub fn default_timeout(mut self, timeout: Duration) -> Self {
        self.limits.timeouts.default = Some(timeout);
        self
    }

    /// The longest that any call of a remote may take, streams included, whatever its caller asks for.
    /// Services beside the remotes keep their own.
    pub fn max_timeout(mut self, timeout: Duration) -> Self {
        self.limits.timeouts.most = Some(timeout);
        self
    }

    /// The shortest timeout a call is given: for work that is better finished for nobody than begun
    /// over and over by callers who do not wait for it. Longer than [`Iris::max_timeout`] it is an error of the start.
    pub fn min_timeout(mut self, timeout: Duration) -> Self {
        self.limits.timeouts.least = Some(timeout);
        self
    }

    /// How many calls of remotes are served at once, open streams included. One more is refused at once, with 900 and
    /// `unavailable`, so that those in flight come to an end; clients send it again, to another server if they know
    /// one, where its procedure is idempotent. With 0 none is let in; without this there is no limit. Services beside the
    /// remotes are not counted.
    pub fn max_calls(mut self, calls: usize) -> Self {
        self.load = Some(Load::new(calls));
        self
    }
}
