//! A procedure: a function of a remote annotated with `#[procedure]`.

mod payload;
mod read;
mod settings;
mod signature;

pub(crate) use read::read;

use crate::remote::{Deprecation, Filter};
use syn::{Ident, Type};

/// One procedure of a remote, read and checked.
#[derive(Debug)]
pub struct Procedure {
    /// The Rust function.
    pub ident: Ident,
    /// The name on the wire: `CreateUser` for `create_user`, unless `name = ".."` says otherwise.
    pub name: String,
    /// The doc comment.
    pub docs: String,
    /// Set by `#[deprecated]`.
    pub deprecation: Option<Deprecation>,
    /// Filters that run after those of the remote, in this order.
    pub filters: Vec<Filter>,
    /// Whether a call may be repeated.
    pub idempotency: Idempotency,
    /// The parameters after `&self` and the context, in order.
    pub parameters: Vec<Parameter>,
    /// What the caller sends.
    pub request: Payload,
    /// What the caller gets.
    pub response: Payload,
    /// The type of its errors, where it is written: an alias of `Result` may hide it.
    pub error: Option<Type>,
}

/// What is sent in one direction.
#[derive(Debug, Clone, Default)]
pub enum Payload {
    /// Nothing but the fact of the call; on the wire an empty message.
    #[default]
    None,
    /// One message of this type.
    One(Type),
    /// Any number of messages of this type.
    Stream(Type),
}

/// A parameter after `&self` and the context.
#[derive(Debug, Clone)]
pub enum Parameter {
    /// The message, or the stream of messages. At most one.
    Message,
    /// What a filter found: `user: &Authenticated`.
    Refined(Box<Type>),
}

/// Whether a call may be repeated, and by whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Idempotency {
    /// Repeating may do the work twice: never retried.
    #[default]
    Unknown,
    /// `idempotent`: reads only. Clients may retry it, caches may answer it, GET may call it.
    NoSideEffects,
    /// `idempotent = "with_side_effects"`: doing it twice leaves the same state. Retried, never called by GET.
    WithSideEffects,
}

/// Which directions carry a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StreamKind {
    /// One message each way.
    Unary,
    /// One message in, many out.
    Server,
    /// Many in, one out.
    Client,
    /// Many each way.
    Bidirectional,
}

impl StreamKind {
    /// The word used in `iris.lock` and in messages to users.
    pub fn as_str(self) -> &'static str {
        match self {
            StreamKind::Unary => "unary",
            StreamKind::Server => "server stream",
            StreamKind::Client => "client stream",
            StreamKind::Bidirectional => "bidirectional stream",
        }
    }
}

impl Payload {
    /// The message's Rust type, where there is a message.
    pub fn message(&self) -> Option<&Type> {
        match self {
            Payload::None => None,
            Payload::One(ty) | Payload::Stream(ty) => Some(ty),
        }
    }

    fn is_stream(&self) -> bool {
        matches!(self, Payload::Stream(_))
    }
}

impl Procedure {
    /// Which directions carry a stream.
    pub fn stream_kind(&self) -> StreamKind {
        match (self.request.is_stream(), self.response.is_stream()) {
            (false, false) => StreamKind::Unary,
            (false, true) => StreamKind::Server,
            (true, false) => StreamKind::Client,
            (true, true) => StreamKind::Bidirectional,
        }
    }
}
