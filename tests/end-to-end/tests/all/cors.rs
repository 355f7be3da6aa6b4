//! Pages of other origins.

use crate::support::{RawRequest, Server};

const PAGE: &str = "https://app.example.com";

fn preflight(origin: &str) -> RawRequest {
    RawRequest::new("OPTIONS", "/testing.v1.Shapes/Echo")
        .header("origin", origin)
        .header("access-control-request-method", "POST")
        .header(
            "access-control-request-headers",
            "connect-protocol-version,content-type,x-tenant",
        )
}

fn call(origin: &str) -> RawRequest {
    RawRequest::post_json("/testing.v1.Shapes/Echo", "{}").header("origin", origin)
}

#[tokio::test]
async fn a_preflight_from_a_named_origin_allows_the_call_with_cookies() {
    let server = Server::with(
        |application| application,
        |server| server.allow_origins([PAGE]),
    )
    .await;
    let response = server.send(preflight(PAGE)).await;
    assert!(response.status.is_success());
    assert_eq!(response.header("access-control-allow-origin"), Some(PAGE));
    assert_eq!(
        response.header("access-control-allow-credentials"),
        Some("true")
    );
    assert!(
        response
            .header("access-control-allow-methods")
            .unwrap()
            .contains("POST")
    );
    assert!(
        response
            .header("access-control-allow-headers")
            .unwrap()
            .contains("x-tenant")
    );
    assert_eq!(response.header("access-control-max-age"), Some("7200"));
    assert!(
        response
            .headers
            .get_all("vary")
            .iter()
            .any(|vary| vary.to_str().unwrap().contains("origin"))
    );

    let response = server.send(call(PAGE)).await;
    assert_eq!(response.header("access-control-allow-origin"), Some(PAGE));
    assert!(
        response
            .header("access-control-expose-headers")
            .unwrap()
            .contains("grpc-status")
    );
}

#[tokio::test]
async fn another_origin_is_not_echoed() {
    let server = Server::with(
        |application| application,
        |server| server.allow_origins([PAGE]),
    )
    .await;
    for origin in [
        "https://evil.example",
        "https://app.example.com.evil.example",
        "null",
        "http://app.example.com",
    ] {
        for request in [preflight(origin), call(origin)] {
            let response = server.send(request).await;
            assert_eq!(
                response.header("access-control-allow-origin"),
                None,
                "{origin}"
            );
        }
    }
}

#[tokio::test]
async fn any_origin_goes_without_cookies() {
    let server = Server::with(|application| application, HttpServer::allow_any_origin).await;
    for request in [
        preflight("https://evil.example"),
        call("https://evil.example"),
    ] {
        let response = server.send(request).await;
        assert_eq!(response.header("access-control-allow-origin"), Some("*"));
        assert_eq!(response.header("access-control-allow-credentials"), None);
    }
}

#[tokio::test]
async fn without_a_setting_no_other_page_may_call() {
    let server = Server::start().await;
    assert_eq!(
        server
            .send(call(PAGE))
            .await
            .header("access-control-allow-origin"),
        None
    );
    let response = server.send(preflight(PAGE)).await;
    assert_eq!(response.header("access-control-allow-origin"), None);
}

use iris_core::HttpServer;

#[tokio::test]
async fn a_wildcard_or_a_wrong_origin_does_not_start() {
    for wrong in [
        "*",
        "app.example.com",
        "https://app.example.com/",
        "https://app.example.com/page",
        "https://",
        "https://app.example.com:443",
        "http://app.example.com:80",
        "https://ada@app.example.com",
        "",
    ] {
        let server = HttpServer::bind("127.0.0.1:0").allow_origins([wrong]);
        let error = iris_core::Iris::without_context()
            .add_server(server)
            .start()
            .await
            .unwrap_err();
        assert!(error.to_string().contains(&format!("`{wrong}`")), "{error}");
    }
}

#[tokio::test]
async fn metadata_can_be_exposed_to_pages() {
    let server = Server::with(
        |application| application,
        |server| {
            server
                .allow_origins([PAGE])
                .expose_metadata(["x-before", "x-after"])
        },
    )
    .await;
    let response = server.send(call(PAGE)).await;
    let exposed = response.header("access-control-expose-headers").unwrap();
    for name in ["x-before", "trailer-x-after", "grpc-status"] {
        assert!(exposed.contains(name), "{exposed}");
    }
}
