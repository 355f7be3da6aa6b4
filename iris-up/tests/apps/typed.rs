//! An Iris server for tests, which says what it serves. Its argument is how many calls a connection may have at once.

use futures_util::StreamExt;
use iris_core::{HttpServer, Iris, IrisError, Request, Stream, Streaming, remote};
use iris_services::Reflection;
use prost::Message;
use prost_types::field_descriptor_proto::{Label, Type};
use prost_types::method_options::IdempotencyLevel;
use prost_types::{
    DescriptorProto, FieldDescriptorProto, FileDescriptorProto, FileDescriptorSet,
    MethodDescriptorProto, MethodOptions, ServiceDescriptorProto, Timestamp,
};
use std::env;
use std::error::Error;

struct Clock;

#[remote(package = "clock.v1", name = "Clock")]
impl Clock {
    /// A second later.
    #[procedure(idempotent)]
    async fn later(&self, _: &Request, time: Timestamp) -> Result<Timestamp, IrisError> {
        Ok(later(time))
    }

    /// The same of each, as they come.
    #[procedure]
    async fn all_later(
        &self,
        _: &Request,
        times: Streaming<Timestamp>,
    ) -> Result<impl Stream<Item = Result<Timestamp, IrisError>> + use<>, IrisError> {
        Ok(times.map(|time| time.map(later)))
    }
}

fn later(time: Timestamp) -> Timestamp {
    Timestamp {
        seconds: time.seconds + 1,
        ..time
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let address = format!("{}:{}", env::var("HOST")?, env::var("PORT")?);
    let reflection = Reflection::new().descriptors(described().encode_to_vec())?;
    let application = Iris::without_context()
        .add_remote(Clock)
        .add_application(reflection.application());
    let mut server = HttpServer::bind(address);
    if let Some(streams) = env::args().nth(1) {
        server = server.max_concurrent_streams(streams.parse()?);
    }
    application.add_server(server).serve().await?;
    Ok(())
}

/// What a build script would have written.
fn described() -> FileDescriptorSet {
    let time = || Some(".google.protobuf.Timestamp".to_owned());
    let method = |name: &str, streams: bool| MethodDescriptorProto {
        name: Some(name.to_owned()),
        input_type: time(),
        output_type: time(),
        client_streaming: Some(streams),
        server_streaming: Some(streams),
        options: (!streams).then(|| MethodOptions {
            idempotency_level: Some(IdempotencyLevel::NoSideEffects.into()),
            ..MethodOptions::default()
        }),
    };
    let field = |name: &str, number: i32, ty: Type| FieldDescriptorProto {
        name: Some(name.to_owned()),
        number: Some(number),
        label: Some(Label::Optional.into()),
        r#type: Some(ty.into()),
        ..FieldDescriptorProto::default()
    };
    let clock = FileDescriptorProto {
        name: Some("clock/v1/clock.proto".to_owned()),
        package: Some("clock.v1".to_owned()),
        dependency: vec!["google/protobuf/timestamp.proto".to_owned()],
        service: vec![ServiceDescriptorProto {
            name: Some("Clock".to_owned()),
            method: vec![method("Later", false), method("AllLater", true)],
            ..ServiceDescriptorProto::default()
        }],
        syntax: Some("proto3".to_owned()),
        ..FileDescriptorProto::default()
    };
    let timestamp = FileDescriptorProto {
        name: Some("google/protobuf/timestamp.proto".to_owned()),
        package: Some("google.protobuf".to_owned()),
        message_type: vec![DescriptorProto {
            name: Some("Timestamp".to_owned()),
            field: vec![
                field("seconds", 1, Type::Int64),
                field("nanos", 2, Type::Int32),
            ],
            ..DescriptorProto::default()
        }],
        syntax: Some("proto3".to_owned()),
        ..FileDescriptorProto::default()
    };
    FileDescriptorSet {
        file: vec![timestamp, clock],
    }
}
