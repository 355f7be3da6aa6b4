//! Reflection, asked by tonic's own client.

use crate::support::{RawRequest, Server};
use iris_services::Reflection;
use prost::Message;
use prost_types::descriptor_proto::ExtensionRange;
use prost_types::{DescriptorProto, FieldDescriptorProto, FileDescriptorProto, FileDescriptorSet};
use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;
use tonic_reflection::pb::v1::{ExtensionRequest, ServerReflectionRequest};
use tonic_reflection::pb::v1alpha;

async fn reflecting() -> Server {
    reflecting_too(&FileDescriptorSet::default()).await
}

/// The same, also of these files.
async fn reflecting_too(files: &FileDescriptorSet) -> Server {
    Server::with(
        |application| {
            let reflection = Reflection::new()
                .contract(end_to_end::messages::CONTRACT)
                .contract(iris_services::CONTRACT)
                .descriptors(files.encode_to_vec())
                .unwrap();
            application.add_application(reflection.application())
        },
        |server| server,
    )
    .await
}

/// The answers to these questions, asked in one stream.
async fn ask(server: &Server, questions: Vec<MessageRequest>) -> Vec<MessageResponse> {
    let mut client = ServerReflectionClient::new(server.channel().await);
    let requests = questions
        .into_iter()
        .map(|question| ServerReflectionRequest {
            host: "here".into(),
            message_request: Some(question),
        });
    let requests: Vec<_> = requests.collect();
    let asked = requests.clone();
    let mut answers = client
        .server_reflection_info(tokio_stream::iter(requests))
        .await
        .unwrap()
        .into_inner();
    let mut responses = Vec::new();
    for request in asked {
        let answer = answers.message().await.unwrap().unwrap();
        assert_eq!(answer.valid_host, "here");
        assert_eq!(answer.original_request, Some(request));
        responses.push(answer.message_response.unwrap());
    }
    assert!(answers.message().await.unwrap().is_none());
    responses
}

fn files(response: &MessageResponse) -> Vec<FileDescriptorProto> {
    let MessageResponse::FileDescriptorResponse(files) = response else {
        panic!("{response:?}")
    };
    files
        .file_descriptor_proto
        .iter()
        .map(|file| FileDescriptorProto::decode(file.as_slice()).unwrap())
        .collect()
}

fn not_found(response: &MessageResponse) -> bool {
    matches!(response, MessageResponse::ErrorResponse(error) if error.error_code == 5)
}

#[tokio::test]
async fn services_are_listed_with_those_that_list_them() {
    let server = reflecting().await;
    let answers = ask(&server, vec![MessageRequest::ListServices("*".into())]).await;
    let MessageResponse::ListServicesResponse(list) = &answers[0] else {
        panic!("{answers:?}")
    };
    let names: Vec<&str> = list
        .service
        .iter()
        .map(|service| service.name.as_str())
        .collect();
    for name in [
        "testing.v1.Shapes",
        "grpc.health.v1.Health",
        "grpc.reflection.v1.ServerReflection",
        "grpc.reflection.v1alpha.ServerReflection",
    ] {
        assert!(names.contains(&name), "{name}: {names:?}");
    }
}

#[tokio::test]
async fn a_symbol_brings_its_file_with_all_imports_once() {
    let server = reflecting().await;
    let symbols = [
        "testing.v1.Shapes",
        "testing.v1.Shapes.Echo",
        ".testing.v1.Text",
        "testing.v1.Text.text",
        "grpc.health.v1.HealthCheckResponse.ServingStatus",
        "grpc.health.v1.HealthCheckResponse.SERVING",
    ];
    let questions = symbols.map(|symbol| MessageRequest::FileContainingSymbol(symbol.into()));
    let answers = ask(&server, questions.to_vec()).await;
    let first = files(&answers[0]);
    assert!(
        first[0]
            .service
            .iter()
            .any(|service| service.name() == "Shapes"),
        "the file that was asked for comes first"
    );
    let names: Vec<_> = first.iter().map(|file| file.name().to_owned()).collect();
    for import in first.iter().flat_map(|file| &file.dependency) {
        assert!(names.contains(import), "{import} is missing: {names:?}");
    }
    // Its imports were sent; the file itself is sent whenever it is asked for.
    assert_eq!(files(&answers[1]).len(), 1);
    assert_eq!(files(&answers[1])[0].name(), first[0].name());
    for (symbol, answer) in symbols.iter().zip(&answers).skip(2) {
        assert!(!files(answer).is_empty(), "{symbol}");
    }

    let name = first[0].name().to_owned();
    let answers = ask(&server, vec![MessageRequest::FileByFilename(name.clone())]).await;
    assert_eq!(files(&answers[0])[0].name(), name);
}

fn extension(containing_type: &str, extension_number: i32) -> MessageRequest {
    MessageRequest::FileContainingExtension(ExtensionRequest {
        containing_type: containing_type.into(),
        extension_number,
    })
}

/// Extends `older.v1.Thing` in a `.proto` file of proto2.
fn extending(name: &str, number: i32) -> FieldDescriptorProto {
    FieldDescriptorProto {
        name: Some(name.into()),
        extendee: Some(".older.v1.Thing".into()),
        number: Some(number),
        ..Default::default()
    }
}

#[tokio::test]
async fn extensions_are_found_wherever_they_are_declared() {
    let thing = DescriptorProto {
        name: Some("Thing".into()),
        extension_range: vec![ExtensionRange {
            start: Some(100),
            end: Some(200),
            ..Default::default()
        }],
        ..Default::default()
    };
    // One may be declared within a message, to give it a name.
    let scope = DescriptorProto {
        name: Some("Scope".into()),
        extension: vec![extending("inner", 107)],
        ..Default::default()
    };
    let older = FileDescriptorProto {
        name: Some("older.proto".into()),
        package: Some("older.v1".into()),
        message_type: vec![thing, scope],
        extension: vec![extending("note", 100)],
        ..Default::default()
    };
    let others = FileDescriptorProto {
        name: Some("others.proto".into()),
        package: Some("others.v1".into()),
        dependency: vec!["older.proto".into()],
        extension: vec![extending("note", 150)],
        ..Default::default()
    };
    let file = vec![older, others];
    let server = reflecting_too(&FileDescriptorSet { file }).await;
    let answers = ask(
        &server,
        vec![
            MessageRequest::AllExtensionNumbersOfType("older.v1.Thing".into()),
            extension("older.v1.Thing", 150),
            extension("older.v1.Thing", 100),
            extension("older.v1.Thing", 107),
            MessageRequest::FileContainingSymbol("others.v1.note".into()),
            MessageRequest::FileContainingSymbol("older.v1.Scope.inner".into()),
            extension("older.v1.Thing", 101),
        ],
    )
    .await;
    let MessageResponse::AllExtensionNumbersResponse(all) = &answers[0] else {
        panic!("{:?}", answers[0])
    };
    assert_eq!(all.base_type_name, "older.v1.Thing");
    assert_eq!(all.extension_number, [100, 107, 150]);
    let names = |answer| -> Vec<String> {
        let files = files(answer).into_iter();
        files.map(|file| file.name().to_owned()).collect()
    };
    assert_eq!(names(&answers[1]), ["others.proto", "older.proto"]);
    for (answer, name) in [
        (&answers[2], "older.proto"),
        (&answers[3], "older.proto"),
        (&answers[4], "others.proto"),
        (&answers[5], "older.proto"),
    ] {
        assert_eq!(names(answer), [name]);
    }
    assert!(not_found(&answers[6]), "{:?}", answers[6]);
}

#[tokio::test]
async fn what_is_not_known_is_an_answer_and_no_end() {
    let server = reflecting().await;
    let answers = ask(
        &server,
        vec![
            MessageRequest::FileByFilename("no.proto".into()),
            MessageRequest::FileContainingSymbol("no.Such".into()),
            extension("testing.v1.Text", 7),
            MessageRequest::AllExtensionNumbersOfType("no.Such".into()),
            MessageRequest::AllExtensionNumbersOfType("testing.v1.Text".into()),
        ],
    )
    .await;
    assert!(answers[..4].iter().all(not_found), "{answers:?}");
    assert!(matches!(
        &answers[4],
        MessageResponse::AllExtensionNumbersResponse(none) if none.extension_number.is_empty()
    ));
}

#[tokio::test]
async fn the_older_version_answers_the_same() {
    let server = reflecting().await;
    let mut client =
        v1alpha::server_reflection_client::ServerReflectionClient::new(server.channel().await);
    let question = v1alpha::server_reflection_request::MessageRequest::FileContainingSymbol(
        "testing.v1.Shapes".into(),
    );
    let request = v1alpha::ServerReflectionRequest {
        host: String::new(),
        message_request: Some(question),
    };
    let mut answers = client
        .server_reflection_info(tokio_stream::iter([request]))
        .await
        .unwrap()
        .into_inner();
    let answer = answers.message().await.unwrap().unwrap();
    let Some(v1alpha::server_reflection_response::MessageResponse::FileDescriptorResponse(files)) =
        answer.message_response
    else {
        panic!("{answer:?}")
    };
    let file = files.file_descriptor_proto[0].as_slice();
    assert_eq!(
        FileDescriptorProto::decode(file).unwrap().package(),
        "testing.v1"
    );
}

#[tokio::test]
async fn an_application_beside_has_its_own_context_and_collides_by_name() {
    let server = reflecting().await;
    // This application's initializer fails, and is not asked.
    let request = RawRequest::new(
        "POST",
        "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
    )
    .header("content-type", "application/connect+json")
    .header("x-fail-initializer", "7");
    let answer = server.send(request).await;
    assert_eq!(answer.status.as_u16(), 200);

    let twice = end_to_end::application(std::sync::Arc::default())
        .add_application(Reflection::new().application())
        .add_application(Reflection::new().application());
    let error = twice.into_service().unwrap_err().to_string();
    assert!(
        error.contains("grpc.reflection.v1.ServerReflection"),
        "{error}"
    );
}
