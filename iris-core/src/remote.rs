//! Remotes, and how the macros register their procedures.

use crate::incoming::Incoming;
use crate::outgoing::{Encoded, Encoding, Outgoing};
use crate::{IntoIrisError, IrisError, Message};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// A bundle of procedures that an application serves. Implemented by `#[remote]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no remote",
    label = "this has no procedures",
    note = "annotate its impl block: `#[remote(package = \"users.v1\")] impl .. {{ #[procedure] async fn .. }}`"
)]
pub trait Remote: Send + Sync + Sized + 'static {
    /// What every procedure borrows first.
    type Context: Send + Sync + 'static;

    /// Package and name: `users.v1.Users`.
    const NAME: &'static str;

    /// Registers each procedure.
    fn register(procedures: &mut Procedures<Self>);
}

/// A procedure's result with the error that goes to the caller.
pub fn told<T, E: IntoIrisError>(result: Result<T, E>) -> Result<T, IrisError> {
    result.map_err(IntoIrisError::into_iris_error)
}

/// What is known of a procedure besides its code.
#[derive(Debug, Clone, Copy)]
#[must_use = "register a procedure with it"]
pub struct Spec {
    pub(crate) name: &'static str,
    pub(crate) reads_only: bool,
    pub(crate) streams_in: bool,
    pub(crate) streams_out: bool,
    /// The names of the messages, where there are any.
    pub(crate) request: Option<fn() -> String>,
    pub(crate) response: Option<fn() -> String>,
}

impl Spec {
    /// A procedure of this name on the wire.
    pub const fn new(name: &'static str) -> Self {
        Spec {
            name,
            reads_only: false,
            streams_in: false,
            streams_out: false,
            request: None,
            response: None,
        }
    }

    /// The procedure has no side effects: GET may call it.
    pub const fn reads_only(mut self) -> Self {
        self.reads_only = true;
        self
    }

    /// The caller sends this message, or a stream of it.
    pub const fn takes<M: Message>(mut self) -> Self {
        self.request = Some(M::full_name);
        self
    }

    /// The caller gets this message, or a stream of it.
    pub const fn gives<M: Message>(mut self) -> Self {
        self.response = Some(M::full_name);
        self
    }

    /// The caller sends a stream.
    pub const fn streams_in(mut self) -> Self {
        self.streams_in = true;
        self
    }
}

/// User code that is running.
pub(crate) type UserCode<T> = Pin<Box<dyn Future<Output = Result<T, IrisError>> + Send>>;

/// The code of a procedure with one answer: filters, decoding, the user's function, encoding.
///
/// A plain function pointer: a procedure then costs its caller one future to compile and one
/// allocation to run, and all that surrounds it is compiled once a remote.
pub(crate) type Once<R> =
    fn(Arc<R>, <R as Remote>::Context, Incoming, Encoding) -> UserCode<Encoded>;

/// The code of a procedure with a stream of answers.
pub(crate) type Streamed<R> =
    fn(Arc<R>, <R as Remote>::Context, Incoming, Outgoing) -> UserCode<()>;

/// A registered procedure.
pub(crate) struct Procedure<C> {
    pub(crate) path: Arc<str>,
    /// The Rust type that serves it.
    pub(crate) remote: &'static str,
    pub(crate) spec: Spec,
    pub(crate) run: Run<C>,
}

/// The procedure's code, from the context on.
pub(crate) enum Run<C> {
    /// One answer.
    Once(Box<dyn Fn(C, Incoming, Encoding) -> UserCode<Encoded> + Send + Sync>),
    /// Many answers.
    Streamed(Box<dyn Fn(C, Incoming, Outgoing) -> UserCode<()> + Send + Sync>),
}

/// Takes the procedures of one remote.
pub struct Procedures<R: Remote> {
    remote: Arc<R>,
    registered: Vec<Procedure<R::Context>>,
}

impl<R: Remote> Procedures<R> {
    pub(crate) fn of(remote: R) -> Vec<Procedure<R::Context>> {
        let mut procedures = Procedures {
            remote: Arc::new(remote),
            registered: Vec::new(),
        };
        R::register(&mut procedures);
        procedures.registered
    }

    /// Registers a procedure with one answer.
    pub fn once(&mut self, spec: Spec, run: Once<R>) {
        let remote = self.remote.clone();
        let run =
            move |context, incoming, encoding| run(remote.clone(), context, incoming, encoding);
        self.add(spec, Run::Once(Box::new(run)));
    }

    /// Registers a procedure with a stream of answers.
    pub fn streamed(&mut self, spec: Spec, run: Streamed<R>) {
        let remote = self.remote.clone();
        let run =
            move |context, incoming, outgoing| run(remote.clone(), context, incoming, outgoing);
        let spec = Spec {
            streams_out: true,
            ..spec
        };
        self.add(spec, Run::Streamed(Box::new(run)));
    }

    fn add(&mut self, spec: Spec, run: Run<R::Context>) {
        self.registered.push(Procedure {
            path: format!("/{}/{}", R::NAME, spec.name).into(),
            remote: std::any::type_name::<R>(),
            spec,
            run,
        });
    }
}

impl<R: Remote> std::fmt::Debug for Procedures<R> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let paths = self.registered.iter().map(|procedure| &procedure.path);
        formatter.debug_list().entries(paths).finish()
    }
}
