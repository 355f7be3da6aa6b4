//! What a procedure can know of the call it serves.

use crate::peer::Caller;
use crate::{Metadata, Peer, Status};
use cookie::Cookie;
use http::header::{COOKIE, HeaderMap, HeaderName, HeaderValue, SET_COOKIE};
use http::{Extensions, Method, Uri, Version};
use percent_encoding::percent_decode;
use std::borrow::Cow;
use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

/// What callers name their requests by.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The call being served: what came with it, and what will go back beside the answer.
///
/// A context initializer builds the application's own context from it; without one, it is the
/// context. A clone is the same call.
#[derive(Clone)]
pub struct Request(Arc<Inner>);

struct Inner {
    path: Arc<str>,
    line: Line,
    metadata: Metadata,
    /// Set where a server of Iris's own received the call.
    caller: Option<Arc<Caller>>,
    extensions: Extensions,
    deadline: Option<Instant>,
    id: OnceLock<String>,
    answer: Mutex<Answer>,
    /// Code and status of the error that was the answer.
    failure: OnceLock<(i32, Status)>,
}

/// The first line of an HTTP request.
#[derive(Debug, Default)]
pub(crate) struct Line {
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) version: Version,
}

/// What goes back beside the answer.
#[derive(Default)]
pub(crate) struct Answer {
    pub(crate) metadata: Metadata,
    pub(crate) trailers: Metadata,
    cookies: Vec<HeaderValue>,
}

impl Request {
    pub(crate) fn new(
        path: Arc<str>,
        line: Line,
        headers: HeaderMap,
        caller: Option<Arc<Caller>>,
        extensions: Extensions,
        deadline: Option<Instant>,
    ) -> Self {
        Request(Arc::new(Inner {
            path,
            line,
            metadata: Metadata::from(headers),
            caller,
            extensions,
            deadline,
            id: OnceLock::new(),
            answer: Mutex::default(),
            failure: OnceLock::new(),
        }))
    }

    /// A request that no server received: for tests that call filters and procedures as the functions they are.
    ///
    /// ```
    /// use iris_core::{Metadata, Request};
    ///
    /// let mut metadata = Metadata::new();
    /// metadata.append("cookie", "session=s3cret")?;
    /// assert_eq!(Request::detached(metadata).cookie("session").as_deref(), Some("s3cret"));
    /// # Ok::<(), iris_core::InvalidMetadata>(())
    /// ```
    pub fn detached(metadata: Metadata) -> Self {
        let headers = metadata.into_headers();
        Request::new(
            "/".into(),
            Line::default(),
            headers,
            None,
            Extensions::new(),
            None,
        )
    }

    /// The procedure's path: `/users.v1.Users/Create`.
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// The HTTP method: POST, or GET where a procedure without side effects is called so.
    pub fn method(&self) -> &Method {
        &self.0.line.method
    }

    /// The address as it was sent, the server's prefix and the query of a GET included.
    pub fn uri(&self) -> &Uri {
        &self.0.line.uri
    }

    /// The version of HTTP.
    pub fn version(&self) -> Version {
        self.0.line.version
    }

    /// What the caller sent beside its messages, HTTP's own headers included.
    pub fn metadata(&self) -> &Metadata {
        &self.0.metadata
    }

    /// The value of a cookie the caller sent, percent-decoded: what [`Request::set_cookie`] was given.
    pub fn cookie(&self, name: &str) -> Option<Cow<'_, str>> {
        let headers = self.0.metadata.headers().get_all(COOKIE);
        headers
            .into_iter()
            // Browsers put all cookies in one header: one with odd bytes must not hide the others.
            .flat_map(|header| header.as_bytes().split(|byte| *byte == b';'))
            .filter_map(|pair| {
                let at = pair.iter().position(|byte| *byte == b'=')?;
                Some((pair[..at].trim_ascii(), pair[at + 1..].trim_ascii()))
            })
            .find(|(key, _)| *key == name.as_bytes())
            .and_then(|(_, value)| {
                let quoted = value
                    .strip_prefix(b"\"")
                    .and_then(|value| value.strip_suffix(b"\""));
                percent_decode(quoted.unwrap_or(value)).decode_utf8().ok()
            })
    }

    /// Sends a cookie back, also when the call fails. Too late once a stream has begun.
    ///
    /// Whatever a header cannot hold is percent-encoded.
    pub fn set_cookie(&self, cookie: Cookie<'_>) {
        let text = cookie.encoded().to_string();
        // Percent-encoded name and value are printable; an attribute that is not has no meaning.
        if let Ok(value) = HeaderValue::try_from(text) {
            self.answer().cookies.push(value);
        }
    }

    /// Who is at the other end of the connection. `None` where the server that Iris is mounted in does not say.
    pub fn peer(&self) -> Option<&Peer> {
        let caller = self.0.caller.as_ref();
        caller
            .and_then(|caller| caller.peer.as_ref())
            .or_else(|| self.0.extensions.get())
    }

    /// Who the caller has proved to be with a certificate of its own. `None` where it showed none, or
    /// the server that Iris is mounted in does not say.
    #[cfg(feature = "tls")]
    pub fn identity(&self) -> Option<&crate::Identity> {
        let caller = self.0.caller.as_ref();
        caller
            .and_then(|caller| caller.identity.as_ref())
            .or_else(|| self.0.extensions.get())
    }

    /// When the caller stops waiting; `None` where it waits forever.
    pub fn deadline(&self) -> Option<Instant> {
        self.0.deadline
    }

    /// How long the caller still waits: zero once the deadline passed.
    pub fn remaining(&self) -> Option<Duration> {
        let deadline = self.0.deadline?;
        Some(deadline.saturating_duration_since(Instant::now()))
    }

    /// Ready once the server that received the call begins to stop. Where Iris is mounted in another server only calls
    /// over WebSockets hear of it, by `WebSockets::shutdown`; others never do.
    /// Streams that have no end of their own end themselves then, so that they do not hold the draining up.
    ///
    /// ```
    /// use iris_core::Request;
    ///
    /// /// The next event, or none once the server stops.
    /// async fn next(request: &Request, event: impl Future<Output = String>) -> Option<String> {
    ///     tokio::select! {
    ///         event = event => Some(event),
    ///         () = request.stopping() => None,
    ///     }
    /// }
    /// ```
    pub fn stopping(&self) -> impl Future<Output = ()> + Send + use<> {
        let caller = self.0.caller.as_ref();
        let stopping = caller.and_then(|caller| caller.stopping.clone());
        async move {
            match stopping {
                // An error says that the server is gone.
                Some(mut stopping) => {
                    let _ = stopping.wait_for(|stopping| *stopping).await;
                }
                None => std::future::pending().await,
            }
        }
    }

    /// The call's id, for logs: the caller's `x-request-id`, or one made up.
    pub fn id(&self) -> &str {
        self.0.id.get_or_init(|| {
            let given = self.0.metadata.get(REQUEST_ID.as_str()).filter(|id| {
                (1..=128).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic())
            });
            given.map_or_else(new_id, str::to_owned)
        })
    }

    /// What a layer around Iris has put into the request's extensions.
    pub fn extensions(&self) -> &Extensions {
        &self.0.extensions
    }

    /// Adds metadata that goes back before the answer. Too late once a stream has begun.
    ///
    /// # Errors
    ///
    /// As [`Metadata::append`].
    pub fn append_metadata(&self, name: &str, value: &str) -> Result<(), crate::InvalidMetadata> {
        self.answer().metadata.append(name, value)
    }

    /// Adds metadata that goes back after the answer, or after the stream.
    ///
    /// # Errors
    ///
    /// As [`Metadata::append`].
    pub fn append_trailer(&self, name: &str, value: &str) -> Result<(), crate::InvalidMetadata> {
        self.answer().trailers.append(name, value)
    }

    /// Adds bytes that go back before the answer, under a name that ends in `-bin`.
    ///
    /// # Errors
    ///
    /// As [`Metadata::append_bytes`].
    pub fn append_metadata_bytes(
        &self,
        name: &str,
        value: &[u8],
    ) -> Result<(), crate::InvalidMetadata> {
        self.answer().metadata.append_bytes(name, value)
    }

    /// Adds bytes that go back after the answer, under a name that ends in `-bin`.
    ///
    /// # Errors
    ///
    /// As [`Metadata::append_bytes`].
    pub fn append_trailer_bytes(
        &self,
        name: &str,
        value: &[u8],
    ) -> Result<(), crate::InvalidMetadata> {
        self.answer().trailers.append_bytes(name, value)
    }

    /// Notes the error that is the answer; the first one counts.
    pub(crate) fn set_failure(&self, code: i32, status: Status) {
        let _ = self.0.failure.set((code, status));
    }

    /// The error that was the answer.
    pub(crate) fn failure(&self) -> Option<(i32, Status)> {
        self.0.failure.get().copied()
    }

    pub(crate) fn take_answer(&self) -> Answer {
        std::mem::take(&mut *self.answer())
    }

    pub(crate) fn with_answer<T>(&self, work: impl FnOnce(&mut Answer) -> T) -> T {
        work(&mut self.answer())
    }

    fn answer(&self) -> MutexGuard<'_, Answer> {
        // Pushing to a list cannot leave it half-done, so a panic elsewhere does not spoil it.
        self.0.answer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Answer {
    /// Whether anything goes back before the answer.
    pub(crate) fn has_headers(&self) -> bool {
        !self.metadata.is_empty() || !self.cookies.is_empty()
    }

    /// Moves the leading metadata and the cookies to the headers of a response.
    pub(crate) fn write_headers(&mut self, headers: &mut HeaderMap) {
        std::mem::take(&mut self.metadata).copy_to(headers);
        for cookie in self.cookies.drain(..) {
            headers.append(SET_COOKIE, cookie);
        }
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Request")
            .field("path", &self.path())
            .field("metadata", self.metadata())
            .field("peer", &self.peer())
            .field("deadline", &self.deadline())
            .finish_non_exhaustive()
    }
}

/// 128 bits that are not repeated: a keyed hash over a counter, the key random per process.
pub(crate) fn new_id() -> String {
    static KEYS: OnceLock<(RandomState, RandomState)> = OnceLock::new();
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    let (first, second) = KEYS.get_or_init(Default::default);
    let count = COUNTER.fetch_add(1, Ordering::Relaxed);
    format!(
        "{:016x}{:016x}",
        first.hash_one(count),
        second.hash_one(count)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_cookies(headers: &[&str]) -> Request {
        let mut metadata = Metadata::new();
        for header in headers {
            metadata.append("cookie", header).unwrap();
        }
        Request::detached(metadata)
    }

    #[test]
    fn cookies_are_found_by_their_whole_name() {
        let request = with_cookies(&["a=1; session=x=y; b=\"quoted\"", "c=3;d", "session=second"]);
        assert_eq!(request.cookie("session").as_deref(), Some("x=y"));
        assert_eq!(request.cookie("b").as_deref(), Some("quoted"));
        assert_eq!(request.cookie("c").as_deref(), Some("3"));
        for missing in ["d", "ession", "sessio", "", "1"] {
            assert_eq!(request.cookie(missing), None, "{missing}");
        }
    }

    #[test]
    fn a_cookie_of_odd_bytes_hides_no_other() {
        let mut headers = HeaderMap::new();
        let header =
            HeaderValue::from_bytes(b"odd=\xff\xfe; session=a%2Fb%3D%3D; name=gr\xc3\xb6\xc3\x9fe")
                .unwrap();
        headers.insert(COOKIE, header);
        let request = Request::detached(headers.into());
        assert_eq!(request.cookie("session").as_deref(), Some("a/b=="));
        assert_eq!(request.cookie("name").as_deref(), Some("größe"));
        assert_eq!(request.cookie("odd"), None);
    }

    #[test]
    fn ids_differ_and_odd_ones_are_not_taken() {
        assert_ne!(
            Request::detached(Metadata::new()).id(),
            Request::detached(Metadata::new()).id()
        );
        let mut metadata = Metadata::new();
        metadata.append("x-request-id", "two words").unwrap();
        assert_eq!(Request::detached(metadata).id().len(), 32);
    }
}
