//! Every shape and stream kind.

use crate::context::Trace;
use crate::error::TestError;
use crate::messages::testing::v1::{Blob, Envelope, Nested, Number, Range, Text};
use futures_util::{StreamExt, stream};
use iris_core::{IrisError, Stream, Streaming, remote};

/// Every shape.
#[derive(Debug)]
pub struct Shapes;

/// Every shape a procedure can have.
#[remote(package = "testing.v1")]
impl Shapes {
    /// A message in, a message out.
    #[procedure(idempotent)]
    async fn echo(&self, _: &Trace, request: Text) -> Result<Text, IrisError> {
        Ok(request)
    }

    /// A message in, nothing out.
    #[procedure]
    async fn swallow(&self, _: &Trace, _: Text) -> Result<(), IrisError> {
        Ok(())
    }

    /// Nothing in, a message out.
    #[procedure(idempotent)]
    async fn fetch(&self, _: &Trace) -> Result<Text, IrisError> {
        Ok(Text {
            text: "fetched".into(),
        })
    }

    /// Nothing in, nothing out.
    #[procedure]
    async fn ping(&self, _: &Trace) -> Result<(), IrisError> {
        Ok(())
    }

    /// As many bytes as asked for.
    #[procedure]
    async fn blob(&self, _: &Trace, request: Number) -> Result<Blob, IrisError> {
        let length = usize::try_from(request.number).map_err(IrisError::internal)?;
        Ok(Blob {
            data: vec![7; length].into(),
        })
    }

    /// How long the bytes are.
    #[procedure(name = "Length")]
    async fn measure(&self, _: &Trace, request: Blob) -> Result<Number, IrisError> {
        Ok(Number {
            number: request.data.len() as i64,
        })
    }

    /// A tree, given back.
    #[procedure]
    async fn tree(&self, _: &Trace, request: Nested) -> Result<Nested, IrisError> {
        Ok(request)
    }

    /// A message of a type that only its caller knows, given back.
    #[procedure]
    async fn forward(&self, _: &Trace, request: Envelope) -> Result<Envelope, IrisError> {
        Ok(request)
    }

    /// Superseded.
    #[procedure]
    #[deprecated(note = "call echo")]
    async fn repeat(&self, _: &Trace, request: Text) -> Result<Text, IrisError> {
        Ok(request)
    }

    /// A message in, a stream out. The stream borrows the remote and the context.
    #[procedure]
    async fn count<'a>(
        &'a self,
        trace: &'a Trace,
        range: Range,
    ) -> Result<impl Stream<Item = Result<Number, TestError>> + 'a, TestError> {
        if range.from > range.to {
            return Err(TestError::Documented);
        }
        Ok(stream::iter(range.from..range.to).map(move |number| {
            trace.count();
            match number == range.fail_at {
                true => Err(TestError::Formatted(number.unsigned_abs(), "numbers", ())),
                false => Ok(Number {
                    number: number.into(),
                }),
            }
        }))
    }

    /// A stream in, a message out.
    #[procedure]
    async fn sum(&self, _: &Trace, mut numbers: Streaming<Number>) -> Result<Number, IrisError> {
        let mut sum = 0;
        while let Some(number) = numbers.next().await {
            sum += number?.number;
        }
        Ok(Number { number: sum })
    }

    /// A stream in, a stream out.
    #[procedure]
    async fn chat(
        &self,
        _: &Trace,
        texts: Streaming<Text>,
    ) -> Result<impl Stream<Item = Result<Text, IrisError>>, IrisError> {
        Ok(texts.map(|text| {
            Ok(Text {
                text: text?.text.to_uppercase(),
            })
        }))
    }
}
