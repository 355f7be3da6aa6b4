//! A server that serves what is described, though nothing of it was known to the generator.

use described_client::iris_client::json::WellKnown;
use described_client::messages::odd::v1::{Count, Everything, Option as Some_, Result as Result_};
use futures_util::stream;
use iris_core::{HttpServer, Iris, IrisError, Request, Running, Status, Stream, Streaming, remote};
use prost_types::{Any, Duration, FieldMask, ListValue, Struct, Timestamp, Value};

// A remote of Iris's has messages of its own, and the macro refuses these where it can see them.
type Text = String;
type Bytes = Vec<u8>;
type Number = i64;
type Nothing = ();
type Object = WellKnown<Struct>;
type Mask = WellKnown<FieldMask>;
type List = WellKnown<ListValue>;

struct Odd;

#[remote(package = "odd.v1")]
impl Odd {
    #[procedure(idempotent)]
    async fn ping(&self, _: &Request) -> Result<(), IrisError> {
        Ok(())
    }

    #[procedure]
    async fn now(&self, _: &Request) -> Result<Timestamp, IrisError> {
        Ok(Timestamp {
            seconds: 7,
            nanos: 0,
        })
    }

    #[procedure(idempotent = "with_side_effects")]
    async fn upper(&self, _: &Request, text: Text) -> Result<Text, IrisError> {
        match text.is_empty() {
            true => Err(IrisError::of_status(Status::InvalidArgument, "no text")),
            false => Ok(text.to_uppercase()),
        }
    }

    #[procedure]
    async fn pack(&self, _: &Request, data: Bytes) -> Result<Any, IrisError> {
        Ok(Any {
            type_url: "type.googleapis.com/odd.v1.Count".to_owned(),
            value: data,
        })
    }

    #[procedure]
    async fn merge(&self, _: &Request, mut object: Object) -> Result<Object, IrisError> {
        object.fields.insert("seen".to_owned(), Value::from(true));
        Ok(object)
    }

    #[procedure]
    async fn list(&self, _: &Request, mask: Mask) -> Result<List, IrisError> {
        let values = mask.0.paths.into_iter().map(Value::from);
        Ok(WellKnown(ListValue {
            values: values.collect(),
        }))
    }

    #[procedure]
    async fn echo(&self, _: &Request, message: Everything) -> Result<Everything, IrisError> {
        Ok(message)
    }

    #[procedure]
    async fn tick(
        &self,
        _: &Request,
        count: Count,
    ) -> Result<impl Stream<Item = Result<Duration, IrisError>> + use<>, IrisError> {
        Ok(stream::iter(
            (0..count.count).map(|seconds| Ok(Duration { seconds, nanos: 0 })),
        ))
    }

    #[procedure]
    async fn sum(&self, _: &Request, mut all: Streaming<Number>) -> Result<Count, IrisError> {
        let mut count = 0;
        while let Some(number) = all.next().await {
            count += number?;
        }
        Ok(Count { count })
    }

    #[procedure]
    async fn count_all(
        &self,
        _: &Request,
        mut all: Streaming<Nothing>,
    ) -> Result<Count, IrisError> {
        let mut count = 0;
        while let Some(nothing) = all.next().await {
            nothing?;
            count += 1;
        }
        Ok(Count { count })
    }

    #[procedure]
    async fn talk(
        &self,
        _: &Request,
        all: Streaming<Everything>,
    ) -> Result<impl Stream<Item = Result<Everything, IrisError>> + use<>, IrisError> {
        Ok(all)
    }

    #[procedure(name = "New")]
    async fn make(&self, _: &Request, result: Result_) -> Result<Some_, IrisError> {
        Ok(Some_ { some: result.ok })
    }

    #[procedure(name = "getThing")]
    async fn first(&self, _: &Request, _: Count) -> Result<Count, IrisError> {
        Ok(Count { count: 1 })
    }

    #[procedure(name = "GetThing")]
    async fn second(&self, _: &Request, _: Count) -> Result<Count, IrisError> {
        Ok(Count { count: 2 })
    }

    #[procedure(name = "get_thing")]
    async fn third(&self, _: &Request, _: Count) -> Result<Count, IrisError> {
        Ok(Count { count: 3 })
    }
}

/// A server at a port of its own, and its URL.
pub(crate) async fn server() -> (Running, String) {
    let running = Iris::without_context()
        .add_remote(Odd)
        .add_server(HttpServer::bind("127.0.0.1:0"))
        .start()
        .await
        .expect("started");
    let url = running.addresses()[0].to_string();
    (running, url)
}
