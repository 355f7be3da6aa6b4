//! How long a connection's parts may take, and how many of them there may be.

use std::time::Duration;

/// As good as no end. The HTTP stack adds what it is given to the time that it is, and panics where that is beyond all
/// counting, as it is with `Duration::MAX`.
const LONGEST: Duration = Duration::from_secs(30 * 365 * 24 * 60 * 60);

/// The same time, or the longest that can be counted.
pub(crate) fn countable(timeout: Duration) -> Duration {
    timeout.min(LONGEST)
}

/// The settings of every connection of a server, with their defaults.
#[derive(Debug, Clone)]
pub(crate) struct Limits {
    /// For the head of a request.
    pub(crate) header_timeout: Duration,
    /// For the next bytes of a message that is awaited.
    pub(crate) body_timeout: Duration,
    /// For the next byte of what is written to a caller.
    pub(crate) write_timeout: Option<Duration>,
    /// Without any call.
    pub(crate) idle_timeout: Option<Duration>,
    /// After which a connection is closed, calls or not.
    pub(crate) max_age: Option<Duration>,
    /// For calls in flight once a connection is to be closed.
    pub(crate) grace: Duration,
    /// The silence after which a peer of HTTP/2 or a WebSocket is asked whether it is there.
    pub(crate) keep_alive: Option<Duration>,
    /// For the answer to that. A WebSocket's peer that takes no bytes that wait for it has as long as both.
    pub(crate) keep_alive_timeout: Duration,
    /// Calls at once on a connection of HTTP/2 or a WebSocket.
    pub(crate) max_streams: u32,
    /// Calls of such a connection that were reset before they were looked at.
    pub(crate) max_pending_resets: usize,
    /// Connections of a server at once.
    pub(crate) max_connections: Option<usize>,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            header_timeout: Duration::from_secs(30),
            body_timeout: Duration::from_secs(30),
            write_timeout: Some(Duration::from_secs(60)),
            idle_timeout: None,
            max_age: None,
            grace: Duration::from_secs(30),
            keep_alive: Some(Duration::from_secs(30)),
            keep_alive_timeout: Duration::from_secs(20),
            max_streams: 200,
            max_pending_resets: 20,
            max_connections: None,
        }
    }
}

impl Limits {
    /// Whether a connection can live with them.
    ///
    /// # Errors
    ///
    /// Names the first setting with which none can, and says what to write instead. Servers and sockets that are mounted
    /// call two of them by `names` of their own.
    pub(crate) fn check(&self, names: &LimitNames) -> Result<(), String> {
        let zero = |time: Option<Duration>| time.is_some_and(|time| time.is_zero());
        let closes = "would close every connection at once; leave it out where nothing is limited";
        for (is_zero, name, what) in [
            (
                zero(Some(self.header_timeout)),
                "header_timeout",
                "would leave no time for any request",
            ),
            (
                zero(Some(self.body_timeout)),
                "body_timeout",
                "would leave no time for any message",
            ),
            (
                zero(self.write_timeout),
                "write_timeout",
                "would leave no time for any answer; write `None` where nothing is limited",
            ),
            (zero(self.idle_timeout), "idle_timeout", closes),
            (zero(self.max_age), names.max_age, closes),
            (
                zero(self.keep_alive),
                "keep_alive",
                "would send pings without a pause; write `None` for none at all",
            ),
            (
                zero(Some(self.keep_alive_timeout)),
                "keep_alive_timeout",
                "would leave no time for the answer to a ping; for none at all, write `keep_alive(None)`",
            ),
            (
                self.max_streams == 0,
                "max_concurrent_streams",
                "would refuse every call",
            ),
            (
                self.max_connections == Some(0),
                names.max_connections,
                closes,
            ),
        ] {
            if is_zero {
                return Err(format!("{name}: 0 {what}"));
            }
        }
        Ok(())
    }
}

/// What settings are called that servers and mounted sockets have by different names.
pub(crate) struct LimitNames {
    max_age: &'static str,
    max_connections: &'static str,
}

impl LimitNames {
    pub(crate) const OF_SERVERS: LimitNames = LimitNames {
        max_age: "max_connection_age",
        max_connections: "max_connections",
    };

    #[cfg(feature = "websocket")]
    pub(crate) const OF_SOCKETS: LimitNames = LimitNames {
        max_age: "max_age",
        max_connections: "max_sockets",
    };
}
