//! `google.protobuf.Any`, whose JSON takes knowing the message inside.

use crate::support::{RawRequest, Server, Way, text};
use end_to_end_client::messages::testing::v1::{Envelope, Text};
use prost::Name;
use prost_types::Any;
use serde_json::json;

#[tokio::test]
async fn a_message_of_the_contract_goes_every_way() {
    let server = Server::start().await;
    let request = Envelope {
        content: Some(Any::from_msg(&text("inside")).unwrap()),
    };
    for way in Way::ALL {
        let shapes = server.remotes(way).shapes();
        let answer = shapes.forward(request.clone()).await.unwrap();
        assert_eq!(answer, request, "{way:?}");
        let content: Text = answer.content.unwrap().to_msg().unwrap();
        assert_eq!(content, text("inside"), "{way:?}");
    }
}

#[tokio::test]
async fn json_is_the_message_itself() {
    let server = Server::start().await;
    let content = json!({ "text": "inside", "@type": Text::type_url() });
    for content in [
        content,
        json!({ "value": "1.500s", "@type": "type.googleapis.com/google.protobuf.Duration" }),
    ] {
        let body = json!({ "content": content });
        let request = RawRequest::post_json("/testing.v1.Shapes/Forward", &body.to_string());
        assert_eq!(server.send(request).await.json(), body);
    }
}

#[tokio::test]
async fn a_message_that_is_not_known_is_refused_in_json_alone() {
    let server = Server::start().await;
    let request = Envelope {
        content: Some(Any {
            type_url: "type.googleapis.com/elsewhere.v1.Thing".into(),
            value: b"\x0a\x01a".to_vec(),
        }),
    };
    let forwarded = server.remotes(Way::ConnectProto).shapes();
    assert_eq!(forwarded.forward(request.clone()).await.unwrap(), request);

    let body = r#"{"content": {"@type": "type.googleapis.com/elsewhere.v1.Thing"}}"#;
    let refused = server
        .send(RawRequest::post_json("/testing.v1.Shapes/Forward", body))
        .await;
    assert_eq!(refused.status, 400);
    let message = refused.json()["message"].as_str().unwrap().to_owned();
    let expected = "content.@type: a google.protobuf.Any holds a message of the type \"elsewhere.v1.Thing\", which is not known here";
    assert!(message.contains(expected), "{message}");

    let shapes = server.remotes(Way::ConnectJson).shapes();
    let error = shapes.forward(request).await.unwrap_err();
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert!(source.contains("elsewhere.v1.Thing"), "{source}");
}
