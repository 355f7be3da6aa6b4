//! Callers with nothing but HTTP: what is answered to right and wrong requests.

use crate::support::{RawRequest, Server};
use serde_json::json;

#[tokio::test]
async fn json_by_the_same_url() {
    let server = Server::start().await;
    let response = server
        .send(RawRequest::post_json(
            "/testing.v1.Shapes/Echo",
            r#"{"text":"hi"}"#,
        ))
        .await;
    assert_eq!(response.status, 200);
    assert_eq!(response.header("content-type"), Some("application/json"));
    assert_eq!(response.json(), json!({ "text": "hi" }));
}

#[tokio::test]
async fn a_content_type_may_have_parameters_and_capitals() {
    let server = Server::start().await;
    let request = RawRequest::new("POST", "/testing.v1.Shapes/Echo")
        .header("content-type", "Application/JSON; charset=utf-8")
        .body(r#"{"text":"hi"}"#);
    assert_eq!(server.send(request).await.status, 200);
}

#[tokio::test]
async fn a_procedure_without_a_message_needs_no_body() {
    let server = Server::start().await;
    for body in ["", "{}", r#"{"a field of a newer client": 1}"#] {
        let response = server
            .send(RawRequest::post_json("/testing.v1.Shapes/Fetch", body))
            .await;
        assert_eq!(
            (response.status.as_u16(), response.json()),
            (200, json!({ "text": "fetched" })),
            "{body}"
        );
    }
    let response = server
        .send(RawRequest::post_json("/testing.v1.Shapes/Ping", ""))
        .await;
    assert_eq!(response.text(), "{}");
}

#[tokio::test]
async fn get_calls_what_only_reads() {
    let server = Server::start().await;
    for query in [
        "connect=v1&encoding=json&message=%7B%22text%22%3A%22hi%22%7D",
        "encoding=json&message=%7B%22text%22:%22hi%22%7D",
        "connect=v1&encoding=json&base64=1&message=eyJ0ZXh0IjoiaGkifQ",
        "connect=v1&encoding=json&base64=1&message=eyJ0ZXh0IjoiaGkifQ==",
    ] {
        let response = server
            .send(RawRequest::new(
                "GET",
                format!("/testing.v1.Shapes/Echo?{query}"),
            ))
            .await;
        assert_eq!(response.status, 200, "{query}: {}", response.text());
        assert_eq!(response.json(), json!({ "text": "hi" }), "{query}");
    }
    let proto = "/testing.v1.Shapes/Echo?connect=v1&encoding=proto&base64=1&message=CgJoaQ";
    let response = server.send(RawRequest::new("GET", proto)).await;
    assert_eq!(response.header("content-type"), Some("application/proto"));
    assert_eq!(response.body, b"\x0a\x02hi");
    let response = server
        .send(RawRequest::new("GET", "/testing.v1.Shapes/Fetch"))
        .await;
    assert_eq!(response.json(), json!({ "text": "fetched" }));
}

#[tokio::test]
async fn a_wrong_get_says_what_is_wrong() {
    let server = Server::start().await;
    for (query, code) in [
        ("", 912),
        ("connect=v1&encoding=json", 912),
        ("encoding=json&base64=1&message=***", 910),
        ("connect=v2&encoding=json&message={}", 910),
        ("encoding=json&message=", 912),
        ("encoding=json&message=nonsense", 910),
    ] {
        let response = server
            .send(RawRequest::new(
                "GET",
                format!("/testing.v1.Shapes/Echo?{query}"),
            ))
            .await;
        assert_eq!(
            (response.status.as_u16(), response.code()),
            (400, code),
            "{query}: {}",
            response.text()
        );
    }
}

#[tokio::test]
async fn an_encoding_that_is_not_spoken_is_415() {
    let server = Server::start().await;
    let request = RawRequest::new("GET", "/testing.v1.Shapes/Echo?encoding=yaml&message=a");
    let response = server.send(request).await;
    assert_eq!(response.status, 415);
    assert!(
        response
            .text()
            .contains("the query's `encoding` is `yaml`; known are json and proto"),
        "{}",
        response.text()
    );
}

#[tokio::test]
async fn get_never_calls_what_changes_something() {
    let server = Server::start().await;
    for path in [
        "/testing.v1.Shapes/Swallow?encoding=json&message={}",
        "/testing.v1.Shapes/Count",
    ] {
        let response = server.send(RawRequest::new("GET", path)).await;
        assert_eq!(response.status, 405, "{path}");
        assert_eq!(response.header("allow"), Some("POST"), "{path}");
    }
    let response = server
        .send(RawRequest::new("PUT", "/testing.v1.Shapes/Echo"))
        .await;
    assert_eq!(
        (response.status.as_u16(), response.header("allow")),
        (405, Some("GET, POST"))
    );
}

#[tokio::test]
async fn an_unknown_path_is_901_and_never_a_page() {
    let server = Server::start().await;
    for path in [
        "/",
        "/testing.v1.Shapes",
        "/testing.v1.Shapes/Nothing",
        "/testing.v1.Nothing/Echo",
        "/testing.v1.Shapes/echo",
        "//",
        "/testing.v1.Shapes/Echo/",
        "/%00",
    ] {
        for request in [
            RawRequest::new("GET", path).header("accept", "text/html"),
            RawRequest::post_json(path, "{}"),
            RawRequest::new("POST", path).header("content-type", "text/plain"),
        ] {
            let response = server.send(request).await;
            assert_eq!(response.status, 404, "{path}");
            assert_eq!(
                response.header("content-type"),
                Some("application/json"),
                "{path}"
            );
            assert_eq!(response.code(), 901, "{path}");
            assert_eq!(response.json()["code"], "unimplemented", "{path}");
        }
    }
}

#[tokio::test]
async fn an_unknown_content_type_is_415_and_names_those_accepted() {
    let server = Server::start().await;
    for content_type in [
        "text/plain",
        "application/xml",
        "application/protobuf",
        "application/x-www-form-urlencoded",
        "json",
        ";",
    ] {
        let request =
            RawRequest::new("POST", "/testing.v1.Shapes/Echo").header("content-type", content_type);
        let response = server.send(request).await;
        assert_eq!(response.status, 415, "{content_type}");
        let accepted = response.header("accept-post").unwrap();
        for expected in ["application/json", "application/proto", "application/grpc"] {
            assert!(
                accepted.contains(expected) && response.text().contains(expected),
                "{content_type}: {accepted}"
            );
        }
        assert!(
            response.text().contains(content_type),
            "{}",
            response.text()
        );
    }
    assert_eq!(
        server
            .send(RawRequest::new("POST", "/testing.v1.Shapes/Echo"))
            .await
            .status,
        415
    );
}

#[tokio::test]
async fn a_stream_is_not_called_as_if_it_were_unary() {
    let server = Server::start().await;
    let response = server
        .send(RawRequest::post_json("/testing.v1.Shapes/Count", "{}"))
        .await;
    assert_eq!(response.status, 415);
    assert!(
        response
            .header("accept-post")
            .unwrap()
            .contains("application/connect+json")
    );
    let request = RawRequest::new("POST", "/testing.v1.Shapes/Echo")
        .header("content-type", "application/connect+json");
    assert_eq!(server.send(request).await.status, 415);
}

#[tokio::test]
async fn grpc_over_http1_says_what_it_needs() {
    let server = Server::start().await;
    let request = RawRequest::new("POST", "/testing.v1.Shapes/Echo")
        .header("content-type", "application/grpc");
    let response = server.send(request).await;
    assert_eq!(response.status, 505);
    assert!(response.text().contains("HTTP/2"), "{}", response.text());
}

#[tokio::test]
async fn compression_that_is_not_spoken_is_refused() {
    let server = Server::start().await;
    let request =
        RawRequest::post_json("/testing.v1.Shapes/Echo", "{}").header("content-encoding", "snappy");
    let response = server.send(request).await;
    assert_eq!(response.json()["code"], "unimplemented");
    let request = RawRequest::post_json("/testing.v1.Shapes/Echo", "{}")
        .header("content-encoding", "identity");
    assert_eq!(server.send(request).await.status, 200);
}

#[tokio::test]
async fn below_a_prefix_everything_is_the_same() {
    let server = Server::with(
        |application| application,
        |server| server.prefix("/api/v2/"),
    )
    .await;
    let at = |path: &str| RawRequest::post_json(path, r#"{"text":"hi"}"#);
    assert_eq!(
        server
            .send(at("/api/v2/testing.v1.Shapes/Echo"))
            .await
            .json(),
        json!({ "text": "hi" })
    );
    for wrong in [
        "/testing.v1.Shapes/Echo",
        "/api/v2testing.v1.Shapes/Echo",
        "/api/testing.v1.Shapes/Echo",
    ] {
        let response = server.send(at(wrong)).await;
        assert_eq!(
            (response.status.as_u16(), response.code()),
            (404, 901),
            "{wrong}"
        );
    }
    let url = format!("{}/api/v2", server.url());
    let remotes = end_to_end_client::Remotes::connect(&url).unwrap();
    assert_eq!(
        remotes.shapes().fetch().await.unwrap(),
        crate::support::text("fetched")
    );
}

#[tokio::test]
async fn the_message_of_a_get_is_not_looked_at_before_the_caller_may_call() {
    let server = Server::start().await;
    let path = "/testing.v1.Shapes/Echo?encoding=json&base64=1&message=!";
    let response = server.send(RawRequest::new("GET", path)).await;
    assert_eq!(response.code(), 910);
    let stranger = RawRequest::new("GET", path).header("x-fail-initializer", "7");
    assert_eq!(server.send(stranger).await.code(), 7);
}
