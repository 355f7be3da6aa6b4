//! A procedure as its callers know it: a path, two messages, its kind, and what a repeated call does.

use crate::kind;
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

/// A procedure: its path, the message it takes, the message it gives, and its [`kind`], which is unary unless named.
///
/// Generated client crates have one constant for each procedure.
///
/// ```
/// use iris_client::{Method, kind};
///
/// const PING: Method<(), ()> = Method::new("/users.v1.Users/Ping").no_side_effects();
/// const WATCH: Method<(), (), kind::ServerStreaming> = Method::new("/users.v1.Users/Watch");
/// assert_eq!(PING.path(), "/users.v1.Users/Ping");
/// ```
#[must_use = "it names a procedure and does not call it"]
pub struct Method<Req, Res, K = kind::Unary> {
    path: Cow<'static, str>,
    repeatable: Repeatable,
    types: Types<Req, Res, K>,
}

/// A method has no messages, so that it can be sent and shared whatever they are.
type Types<Req, Res, K> = PhantomData<fn(Req, K) -> Res>;

/// What calling a procedure twice does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Repeatable {
    Unknown,
    Idempotent,
    NoSideEffects,
}

impl<Req, Res, K> Method<Req, Res, K> {
    /// The procedure at `/{package}.{Remote}/{Method}`.
    pub const fn new(path: &'static str) -> Self {
        Method {
            path: Cow::Borrowed(path),
            repeatable: Repeatable::Unknown,
            types: PhantomData,
        }
    }

    /// The same, with a path that is known only when the program runs.
    pub const fn dynamic(path: String) -> Self {
        Method {
            path: Cow::Owned(path),
            repeatable: Repeatable::Unknown,
            types: PhantomData,
        }
    }

    /// The same procedure, of which two calls do what one does: clients may send it again after a failure.
    pub const fn idempotent(mut self) -> Self {
        self.repeatable = Repeatable::Idempotent;
        self
    }

    /// The same procedure, which changes nothing: clients may send it again, and as HTTP GET.
    pub const fn no_side_effects(mut self) -> Self {
        self.repeatable = Repeatable::NoSideEffects;
        self
    }

    /// The path, which is the procedure's name on the wire.
    pub const fn path(&self) -> &str {
        match &self.path {
            Cow::Borrowed(path) => path,
            Cow::Owned(path) => path.as_str(),
        }
    }

    pub(crate) fn to_path(&self) -> Cow<'static, str> {
        self.path.clone()
    }

    pub(crate) fn into_path(self) -> Cow<'static, str> {
        self.path
    }

    /// Whether a failed call may be sent again.
    pub(crate) fn may_repeat(&self) -> bool {
        self.repeatable != Repeatable::Unknown
    }

    /// Whether it may be called by HTTP GET.
    pub(crate) fn may_get(&self) -> bool {
        self.repeatable == Repeatable::NoSideEffects
    }
}

// Derives would ask the messages to be `Clone` and `Debug` too.
impl<Req, Res, K> Clone for Method<Req, Res, K> {
    fn clone(&self) -> Self {
        Method {
            path: self.path.clone(),
            repeatable: self.repeatable,
            types: PhantomData,
        }
    }
}

impl<Req, Res, K> fmt::Debug for Method<Req, Res, K> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Method({}, {:?})", self.path, self.repeatable)
    }
}
