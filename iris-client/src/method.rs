//! A procedure as its callers know it: a path, two messages, and what a repeated call does.

use std::fmt;
use std::marker::PhantomData;

/// A procedure: its path, the message it takes and the message it gives.
///
/// Generated client crates have one constant for each procedure.
///
/// ```
/// use iris_client::Method;
///
/// const PING: Method<(), ()> = Method::new("/users.v1.Users/Ping").no_side_effects();
/// assert_eq!(PING.path(), "/users.v1.Users/Ping");
/// ```
pub struct Method<Req, Res> {
    path: &'static str,
    repeatable: Repeatable,
    messages: PhantomData<fn(Req) -> Res>,
}

/// What calling a procedure twice does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Repeatable {
    Unknown,
    Idempotent,
    NoSideEffects,
}

impl<Req, Res> Method<Req, Res> {
    /// The procedure at `/{package}.{Remote}/{Method}`.
    pub const fn new(path: &'static str) -> Self {
        Method {
            path,
            repeatable: Repeatable::Unknown,
            messages: PhantomData,
        }
    }

    /// The same procedure, of which two calls do what one does: clients may send it again after a failure.
    pub const fn idempotent(self) -> Self {
        Method {
            repeatable: Repeatable::Idempotent,
            ..self
        }
    }

    /// The same procedure, which changes nothing: clients may send it again, and as HTTP GET.
    pub const fn no_side_effects(self) -> Self {
        Method {
            repeatable: Repeatable::NoSideEffects,
            ..self
        }
    }

    /// The path, which is the procedure's name on the wire.
    pub const fn path(&self) -> &'static str {
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

// Derives would ask the messages to be `Clone`, `Copy` and `Debug` too.
impl<Req, Res> Clone for Method<Req, Res> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<Req, Res> Copy for Method<Req, Res> {}

impl<Req, Res> fmt::Debug for Method<Req, Res> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Method({}, {:?})", self.path, self.repeatable)
    }
}
