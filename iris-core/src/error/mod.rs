//! What a failed call is: a numeric code, a message for developers, and what the wire adds.

mod attached;
mod codes;
mod conversion;
mod detail;
mod status;

pub use attached::Detail;
pub use codes::{ErrorCodes, code};
pub use conversion::IntoIrisError;
pub use detail::ErrorDetail;
pub use status::{Status, UnknownStatus};

use crate::{Message, Metadata};
use std::error::Error;
use std::fmt;
use std::sync::Arc;

/// A failed call.
///
/// `code` is all a program needs to tell a person what is wrong; generated clients have it as an
/// enum, so that callers `match`. `internal_message` is for developers and logs: never show it to
/// end users.
///
/// ```
/// use iris_core::{IrisError, Status};
///
/// let error = IrisError::new(17, "the account is frozen").with_status(Status::PermissionDenied);
/// match error {
///     IrisError { code: 17, internal_message, .. } => assert_eq!(internal_message, "the account is frozen"),
///     other => panic!("{other}"),
/// }
/// ```
///
/// On the wire it is an [`ErrorDetail`] beside the canonical [`Status`].
#[derive(Clone)]
#[non_exhaustive]
pub struct IrisError<C = i32> {
    /// What went wrong, for programs. 0 is a legal code; 900 to 999 are Iris's own.
    pub code: C,
    /// What went wrong, for developers and logs.
    pub internal_message: String,
    /// What generic clients understand of it.
    pub status: Status,
    more: Option<Box<More>>,
}

#[derive(Clone, Default)]
struct More {
    request_id: Option<String>,
    withheld: bool,
    from_remote: bool,
    /// The status is what an answer names that has none of Iris's codes.
    answered: bool,
    /// Of a call that this program made itself.
    of_own_call: bool,
    /// A status and nothing else: no code of the user's or of Iris's goes on the wire.
    status_only: bool,
    details: Vec<Detail>,
    metadata: Metadata,
    trailers: Metadata,
    source: Option<Arc<dyn Error + Send + Sync>>,
}

impl<C> IrisError<C> {
    /// Finds the call in the server's log. Set where the server withheld the cause.
    pub fn request_id(&self) -> Option<&str> {
        self.more.as_ref()?.request_id.as_deref()
    }

    /// Whether the remote itself said so: its answer had an [`ErrorDetail`]. Otherwise the call was not
    /// answered, or something between answered in the remote's place.
    pub fn is_from_remote(&self) -> bool {
        self.more.as_ref().is_some_and(|more| more.from_remote)
    }

    /// The same error with another canonical status.
    #[must_use = "it gives the error back and changes none in place"]
    pub fn with_status(mut self, status: Status) -> Self {
        self.status = status;
        self
    }

    /// The same error with the request's id.
    #[must_use = "it gives the error back and changes none in place"]
    pub fn with_request_id(mut self, id: impl Into<String>) -> Self {
        self.more_mut().request_id = Some(id.into());
        self
    }

    /// The same error with what caused it. Sources stay in this process: they never go on the wire.
    #[must_use = "it gives the error back and changes none in place"]
    pub fn with_source(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.more_mut().source = Some(Arc::from(source.into()));
        self
    }

    /// The messages beside the error, in the order of the wire.
    pub fn details(&self) -> &[Detail] {
        self.more.as_ref().map_or(&[], |more| &more.details)
    }

    /// The first detail of this type; `None` where there is none, or it does not decode.
    ///
    /// ```
    /// # use iris_core::IrisError;
    /// use prost_types::Timestamp;
    ///
    /// let error = IrisError::new(7, "closed until tomorrow").with_detail(&Timestamp { seconds: 9, nanos: 0 });
    /// let until: Timestamp = error.detail().expect("it says when");
    /// assert_eq!(until.seconds, 9);
    /// ```
    pub fn detail<M: Message>(&self) -> Option<M> {
        self.details().iter().find_map(Detail::read)
    }

    /// What the server sent before the answer that this error is. Empty on a server, and where no answer came.
    pub fn metadata(&self) -> &Metadata {
        self.more
            .as_ref()
            .map_or(Metadata::none(), |more| &more.metadata)
    }

    /// What the server sent after the answer that this error is.
    pub fn trailers(&self) -> &Metadata {
        self.more
            .as_ref()
            .map_or(Metadata::none(), |more| &more.trailers)
    }

    /// The same error with a message beside it, which every gRPC and Connect client can read
    /// (`google.rpc.Status.details`; Connect protocol, "Error End-Stream").
    ///
    /// In gRPC details travel in trailers, which some peers limit to 8 KiB: keep them short. With what would make the
    /// trailers longer than 15 KiB, of which most peers would read nothing, a detail is left out.
    #[must_use = "it gives the error back and changes none in place"]
    pub fn with_detail<M: Message>(mut self, detail: &M) -> Self {
        if let Ok(detail) = Detail::of(detail) {
            self.more_mut().details.push(detail);
        }
        self
    }

    /// The same error with a message beside it that is encoded already: one whose type is not known at
    /// compile time, or that was taken from another error.
    #[must_use = "it gives the error back and changes none in place"]
    pub fn with_encoded_detail(mut self, detail: Detail) -> Self {
        self.more_mut().details.push(detail);
        self
    }

    /// The same error with what came beside the answer that it is. For Iris's own clients.
    #[doc(hidden)]
    #[must_use = "it gives the error back and changes none in place"]
    pub fn with_answer(mut self, metadata: Metadata, trailers: Metadata) -> Self {
        if !metadata.is_empty() || !trailers.is_empty() {
            let more = self.more_mut();
            (more.metadata, more.trailers) = (metadata, trailers);
        }
        self
    }

    pub(crate) fn with_details(mut self, details: Vec<Detail>) -> Self {
        if !details.is_empty() {
            self.more_mut().details = details;
        }
        self
    }

    /// The same error, marked as that of a call that this program made. For Iris's own clients.
    #[doc(hidden)]
    #[must_use = "it gives the error back and changes none in place"]
    pub fn of_own_call(mut self) -> Self {
        self.more_mut().of_own_call = true;
        self
    }

    /// The same error of a call that a procedure made, to be told to the procedure's own caller as it came.
    ///
    /// Without this, such an error is an unexpected one to that caller, as by [`IrisError::internal`]: it names hosts
    /// and codes that are none of this server's.
    ///
    /// ```
    /// # use iris_core::IrisError;
    /// # async fn ask_the_other_server() -> Result<u32, IrisError> { Ok(1) }
    /// async fn relay() -> Result<u32, IrisError> {
    ///     ask_the_other_server().await.map_err(IrisError::forwarded)
    /// }
    /// ```
    #[must_use = "it gives the error back and changes none in place"]
    pub fn forwarded(mut self) -> Self {
        if let Some(more) = &mut self.more {
            more.of_own_call = false;
        }
        self
    }

    /// The same error with its code translated: how a generated client turns numbers into its enum.
    #[must_use = "it gives the error back and changes none in place"]
    pub fn map_code<D>(self, translate: impl FnOnce(C) -> D) -> IrisError<D> {
        IrisError {
            code: translate(self.code),
            internal_message: self.internal_message,
            status: self.status,
            more: self.more,
        }
    }

    fn more_mut(&mut self) -> &mut More {
        self.more.get_or_insert_default()
    }
}

impl<C: Copy + Into<i32>> IrisError<C> {
    /// Whether the call failed on its way, and no procedure's answer came back. The server could not be reached, was
    /// lost or turned the call away, the deadline passed, or something between answered: a 900, though not every one.
    /// Every other error is the remote's answer, or speaks of an answer or a request that came through.
    ///
    /// Whether the call was carried out is not known. [`IrisError::status`] says more, such as `deadline_exceeded`.
    /// Errors of a server that knows no Iris codes, or keeps them back, are 900 as well. Those are its answer, where they
    /// came with a status of gRPC or Connect other than `unavailable` and `deadline_exceeded`, which proxies give too.
    ///
    /// ```
    /// # use iris_core::{IrisError, Status};
    /// let lost = IrisError::communication(Status::Unavailable, "cannot reach http://127.0.0.1:1");
    /// assert!(lost.is_transport());
    /// assert!(!IrisError::new(17, "the account is frozen").is_transport());
    /// ```
    pub fn is_transport(&self) -> bool {
        let is_lost = matches!(self.status, Status::Unavailable | Status::DeadlineExceeded);
        let is_answer = self.more.as_ref().is_some_and(|more| more.answered);
        self.code.into() == code::IRIS_COMMUNICATION_ERROR && (is_lost || !is_answer)
    }
}

impl IrisError {
    /// An error with this code. Its status is `failed_precondition`, or that of Iris's own code.
    pub fn new(code: i32, internal_message: impl Into<String>) -> Self {
        IrisError {
            code,
            internal_message: internal_message.into(),
            status: codes::reserved_status(code).unwrap_or(Status::FailedPrecondition),
            more: None,
        }
    }

    /// An unexpected failure. Callers get 902 and a request id; `cause` goes to the log alone.
    ///
    /// ```
    /// # use iris_core::IrisError;
    /// fn port(text: &str) -> Result<u16, IrisError> {
    ///     text.parse().map_err(IrisError::internal)
    /// }
    /// assert_eq!(port("x").unwrap_err().code, 902);
    /// ```
    pub fn internal(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        let mut error = IrisError::new(code::IRIS_INTERNAL_SERVER_ERROR, "internal server error")
            .with_source(cause);
        error.more_mut().withheld = true;
        error
    }

    /// A call that was not carried out: 900, with a status that says why.
    pub fn communication(status: Status, internal_message: impl Into<String>) -> Self {
        IrisError::new(code::IRIS_COMMUNICATION_ERROR, internal_message).with_status(status)
    }

    /// An error that is nothing but a canonical status, its message and its details, as gRPC and Connect
    /// services without numeric codes have it. Callers get code 900, or 901 where it is `unimplemented`.
    ///
    /// For services whose errors another specification lays down; give your own errors a code.
    pub fn of_status(status: Status, internal_message: impl Into<String>) -> Self {
        let code = match status {
            Status::Unimplemented => code::IRIS_PROCEDURE_NOT_FOUND,
            _ => code::IRIS_COMMUNICATION_ERROR,
        };
        IrisError::new(code, internal_message)
            .with_status(status)
            .status_only()
    }

    /// The same error without [`ErrorDetail`] on the wire.
    pub(crate) fn status_only(mut self) -> Self {
        self.more_mut().status_only = true;
        self
    }

    /// Whether this came from [`IrisError::of_status`]: no [`ErrorDetail`] goes on the wire.
    pub(crate) fn is_status_only(&self) -> bool {
        self.more.as_ref().is_some_and(|more| more.status_only)
    }

    #[cfg(feature = "server")]
    pub(crate) fn take_source(&mut self) -> Option<Arc<dyn Error + Send + Sync>> {
        self.more.as_mut()?.source.take()
    }

    /// What a server's caller may see of it: nothing, where it is of a call that the server made.
    #[cfg(feature = "server")]
    pub(crate) fn for_caller(self) -> Self {
        match &self.more {
            Some(more) if more.of_own_call => IrisError::internal(self),
            _ => self,
        }
    }

    pub(crate) fn of_remote(mut self) -> Self {
        self.more_mut().from_remote = true;
        self
    }

    /// The same error, whose status the answer that it is names in its protocol.
    pub(crate) fn of_answer(mut self) -> Self {
        if !self.is_from_remote() {
            self.more_mut().answered = true;
        }
        self
    }

    /// Whether this came from [`IrisError::internal`]: its cause goes to the log and not to the caller.
    pub fn is_withheld(&self) -> bool {
        self.more.as_ref().is_some_and(|more| more.withheld)
    }
}

impl<C: fmt::Debug> fmt::Debug for IrisError<C> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("IrisError");
        shown
            .field("code", &self.code)
            .field("internal_message", &self.internal_message)
            .field("status", &self.status);
        if let Some(more) = &self.more {
            if let Some(id) = &more.request_id {
                shown.field("request_id", id);
            }
            if !more.details.is_empty() {
                shown.field("details", &more.details);
            }
            if let Some(source) = &more.source {
                shown.field("source", source);
            }
        }
        shown.finish()
    }
}

impl<C: fmt::Debug> fmt::Display for IrisError<C> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{:?} ({}): {}",
            self.code, self.status, self.internal_message
        )?;
        match self.request_id() {
            Some(id) => write!(formatter, " [request {id}]"),
            None => Ok(()),
        }
    }
}

impl<C: fmt::Debug> Error for IrisError<C> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        let source = self.more.as_ref()?.source.as_deref()?;
        Some(source)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn iris_codes_have_their_status() {
        for (code, status) in [
            (900, Status::Unavailable),
            (901, Status::Unimplemented),
            (902, Status::Internal),
            (910, Status::InvalidArgument),
            (912, Status::InvalidArgument),
            (913, Status::ResourceExhausted),
            (920, Status::PermissionDenied),
            (0, Status::FailedPrecondition),
        ] {
            assert_eq!(IrisError::new(code, "").status, status, "{code}");
        }
    }

    #[test]
    fn an_internal_error_keeps_its_cause_to_itself() {
        let error = IrisError::internal("password of the database: hunter2");
        assert_eq!(error.code, 902);
        assert!(!error.to_string().contains("hunter2"));
        assert!(
            error
                .source()
                .expect("a source")
                .to_string()
                .contains("hunter2")
        );
        assert!(error.is_withheld());
    }

    #[test]
    fn an_error_is_small_enough_to_return() {
        assert!(size_of::<IrisError>() <= 48, "{}", size_of::<IrisError>());
    }
}
