//! The OpenAPI document and the explorer's files.

use crate::frames::{DATA, END_STREAM, HEADERS, RST_STREAM, Speaker, request};
use crate::support::{RawRequest, Server};
use http::StatusCode;
use iris_core::{HttpServer, Iris};

async fn with_pages() -> Server {
    Server::with(
        |application| application,
        |server| server.prefix("/api").explorer(true),
    )
    .await
}

#[tokio::test]
async fn the_openapi_document_is_served_below_the_prefix() {
    let server = with_pages().await;
    let answer = server
        .send(RawRequest::new("GET", "/api/-/openapi.json"))
        .await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.text(), end_to_end::messages::CONTRACT.openapi);

    for (method, path, status) in [
        ("GET", "/-/openapi.json", StatusCode::NOT_FOUND),
        ("GET", "/api/-/openapi.yaml", StatusCode::NOT_FOUND),
        (
            "POST",
            "/api/-/openapi.json",
            StatusCode::METHOD_NOT_ALLOWED,
        ),
        ("HEAD", "/api/-/openapi.json", StatusCode::OK),
    ] {
        let answer = server.send(RawRequest::new(method, path)).await;
        assert_eq!(answer.status, status, "{method} {path}");
    }
}

/// RFC 9110, section 9.3.2; clients of HTTP/2 take a body for an error of the protocol.
#[tokio::test]
async fn an_answer_to_head_has_no_body_in_either_version() {
    let server = with_pages().await;
    let address = server.running.addresses()[0].tcp().unwrap();
    let mut speaker = Speaker::connect(address).await;
    let paths = [
        "/api/-/explorer",
        "/api/-/openapi.json",
        "/api/testing.v1.Shapes/Fetch",
        "/nowhere",
    ];
    for (stream, path) in (1..).step_by(2).zip(paths) {
        let over_http1 = server.send(RawRequest::new("HEAD", path)).await;
        assert_eq!(over_http1.body, b"", "{path}");
        speaker.say(&request(stream, "HEAD", path)).await;
        let frame = loop {
            let frame = speaker.hear().await.unwrap();
            if frame.stream == stream {
                break frame;
            }
        };
        assert!(![DATA, RST_STREAM].contains(&frame.kind), "{path}");
        assert_eq!(
            (frame.kind, frame.flags & END_STREAM),
            (HEADERS, END_STREAM),
            "{path}"
        );
        // Its length is that of the answer to GET.
        let length = over_http1.header("content-length").unwrap();
        let told = server.send(RawRequest::new("GET", path)).await.body.len();
        if path != "/api/testing.v1.Shapes/Fetch" {
            assert_eq!(length, told.to_string(), "{path}");
        }
    }
}

#[tokio::test]
async fn the_explorer_loads_nothing_from_elsewhere() {
    let server = with_pages().await;
    let page = server.send(RawRequest::new("GET", "/api/-/explorer")).await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(
        page.header("content-type"),
        Some("text/html; charset=utf-8")
    );
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"));
    // Whatever the page names is there.
    let mut found = 0;
    for attribute in ["src=\"", "href=\""] {
        for rest in page.text().split(attribute).skip(1) {
            let name = rest.split('"').next().unwrap();
            if name.starts_with('#') || name.starts_with("data:") {
                continue;
            }
            assert!(!name.contains("//"), "{name} is elsewhere");
            let path = format!("/api/-/{name}");
            let answer = server.send(RawRequest::new("GET", path)).await;
            assert_eq!(answer.status, StatusCode::OK, "{name}");
            found += 1;
        }
    }
    assert!(found > 1, "the page has scripts and styles");
}

#[tokio::test]
async fn nothing_is_shown_unless_asked_for() {
    let server = Server::start().await;
    for path in ["/-/openapi.json", "/-/explorer"] {
        let answer = server.send(RawRequest::new("GET", path)).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
    let openapi = Server::with(|application| application, |server| server.openapi(true)).await;
    let answer = openapi
        .send(RawRequest::new("GET", "/-/openapi.json"))
        .await;
    assert_eq!(answer.status, StatusCode::OK);
    let answer = openapi.send(RawRequest::new("GET", "/-/explorer")).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn without_a_contract_it_is_said_how_to_give_one() {
    let running = Iris::without_context()
        .add_server(HttpServer::bind("127.0.0.1:0").explorer(true))
        .start()
        .await
        .unwrap();
    let answer = crate::support::get(&format!("{}/-/openapi.json", running.url())).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert!(
        answer.text().contains("Iris::contract"),
        "{}",
        answer.text()
    );
}

#[tokio::test]
async fn the_contracts_of_several_crates_are_one_document() {
    let server = Server::with(
        |application| application.contract(iris_services::CONTRACT),
        |server| server.openapi(true),
    )
    .await;
    let answer = server.send(RawRequest::new("GET", "/-/openapi.json")).await;
    let document = answer.json();
    for path in ["/testing.v1.Shapes/Echo", "/grpc.health.v1.Health/Check"] {
        assert!(document["paths"].get(path).is_some(), "{path}");
    }
    let schemas = document["components"]["schemas"].as_object().unwrap();
    assert!(schemas.contains_key("grpc.health.v1.HealthCheckRequest"));
    assert!(schemas.contains_key("testing.v1.Text"));
}
