//! Every way to fail.

use crate::context::{DropTeller, Trace};
use crate::error::TestError;
use crate::messages::testing::v1::{Blob, Number, Text};
use futures_util::{StreamExt, stream};
use iris_core::{ErrorCodes, IrisError, Stream, remote};
use std::io;

/// Every way to fail.
#[derive(Debug)]
pub struct Failures;

/// Panics wherever it can.
#[derive(Debug)]
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        assert!(
            std::thread::panicking(),
            "the password of the database is hunter2"
        );
    }
}

impl std::fmt::Display for Bomb {
    fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        panic!("the password of the database is hunter2")
    }
}

impl std::error::Error for Bomb {}

/// What remotes do wrong.
#[remote(package = "testing.v1")]
impl Failures {
    /// Fails with the error that has the request's text as its name.
    #[procedure]
    async fn fail(&self, trace: &Trace, request: Text) -> Result<(), TestError> {
        trace.count();
        Err(match request.text.as_str() {
            "zero" => TestError::Zero,
            "documented" => TestError::Documented,
            "formatted" => TestError::Formatted(7, "users", ()),
            "named" => TestError::Named { count: 3 },
            "large" => TestError::Large,
            _ => io::Error::other("the password of the database is hunter2").into(),
        })
    }

    /// Fails with a message of its own.
    #[procedure]
    async fn explain(&self, _: &Trace, request: Text) -> Result<(), IrisError> {
        Err(TestError::Zero.because(request.text))
    }

    /// `?` on an error of the standard library.
    #[procedure]
    async fn question_mark(&self, _: &Trace) -> Result<Text, IrisError> {
        Err(io::Error::other("the password of the database is hunter2"))?
    }

    /// Panics.
    #[procedure]
    async fn panic(&self, _: &Trace) -> Result<(), IrisError> {
        panic!("the password of the database is hunter2")
    }

    /// Panics when it is dropped, which is at its deadline.
    #[procedure]
    async fn panic_when_dropped(&self, _: &Trace) -> Result<(), IrisError> {
        let _bomb = Bomb;
        std::future::pending().await
    }

    /// Panics with something that panics when it is dropped.
    #[procedure]
    async fn panic_with_a_bomb(&self, _: &Trace) -> Result<(), IrisError> {
        std::panic::panic_any(Bomb)
    }

    /// Fails with something that panics when it is shown.
    #[procedure]
    async fn fail_unshowably(&self, _: &Trace) -> Result<(), IrisError> {
        Err(IrisError::internal(Bomb))
    }

    /// Never answers; the test learns when it is dropped.
    #[procedure(idempotent)]
    async fn hang(&self, trace: &Trace) -> Result<(), IrisError> {
        let _teller = DropTeller(trace.probe.clone());
        trace.probe.started.notify_one();
        std::future::pending().await
    }

    /// Answers when the test says so.
    #[procedure]
    async fn wait(&self, trace: &Trace) -> Result<Text, IrisError> {
        trace.probe.started.notify_one();
        trace.probe.proceed.notified().await;
        Ok(Text {
            text: "done".into(),
        })
    }

    /// One number, then nothing, for ever.
    #[procedure]
    async fn hang_in_stream(
        &self,
        trace: &Trace,
    ) -> Result<impl Stream<Item = Result<Number, IrisError>>, IrisError> {
        let teller = DropTeller(trace.probe.clone());
        Ok(stream::unfold((teller, 0), |(teller, number)| async move {
            if number > 0 {
                std::future::pending::<()>().await;
            }
            Some((Ok(Number { number }), (teller, number + 1)))
        }))
    }

    /// More than any window holds.
    #[procedure]
    async fn flood(
        &self,
        trace: &Trace,
    ) -> Result<impl Stream<Item = Result<Blob, IrisError>>, IrisError> {
        let teller = DropTeller(trace.probe.clone());
        Ok(stream::repeat(vec![7; 100_000]).map(move |data| {
            let _ = &teller;
            Ok(Blob { data: data.into() })
        }))
    }

    /// One number, then a panic.
    #[procedure]
    async fn panic_in_stream(
        &self,
        _: &Trace,
    ) -> Result<impl Stream<Item = Result<Number, IrisError>>, IrisError> {
        Ok(stream::unfold(0, |number| async move {
            assert_eq!(number, 0, "the password of the database is hunter2");
            Some((Ok(Number { number }), number + 1))
        }))
    }
}
