use super::*;
use futures_util::FutureExt;
use http_body_util::BodyExt;

/// The event of a request, as JSON.
async fn told(request: Request<Body>) -> Value {
    let event = event(request).await;
    let event = event.unwrap_or_else(|_| panic!("an event"));
    serde_json::from_slice(&event.payload).expect("JSON")
}

#[tokio::test]
async fn a_request_is_told_as_aws_tells_it() {
    let request = Request::post("http://box.example:2374/a%20b/c?x=1&y=%C3%A9+z&x=2&flag")
        .header("host", "box.example")
        .header("x-word", "one")
        .header("x-word", "two")
        .header("cookie", "a=1; b=2")
        .header("user-agent", "curl/8")
        .body(Body::full("text"))
        .unwrap();
    let event = told(request).await;
    assert_eq!(event["version"], "2.0");
    assert_eq!(event["rawPath"], "/a%20b/c");
    assert_eq!(event["rawQueryString"], "x=1&y=%C3%A9+z&x=2&flag");
    let parameters = json!({ "x": "1,2", "y": "é z", "flag": "" });
    assert_eq!(event["queryStringParameters"], parameters);
    assert_eq!(event["headers"]["x-word"], "one,two");
    assert_eq!(event["headers"].get("cookie"), None);
    assert_eq!(event["cookies"], json!(["a=1", "b=2"]));
    assert_eq!(event["body"], "text");
    assert_eq!(event["isBase64Encoded"], false);
    let context = &event["requestContext"];
    assert_eq!(context["domainName"], "box.example");
    assert_eq!(context["http"]["method"], "POST");
    assert_eq!(context["http"]["userAgent"], "curl/8");
    assert_eq!(context["requestId"].as_str().unwrap().len(), 36);
    // As web servers write it: 28/Nov/2026:09:50:00 +0000.
    let time = context["time"].as_str().unwrap();
    assert!(time.len() == 26 && time.ends_with(" +0000"), "{time}");
    // Milliseconds, and not seconds.
    assert!(context["timeEpoch"].as_u64().unwrap() > 1_700_000_000_000);
}

#[tokio::test]
async fn bytes_that_are_no_text_are_told_in_base64() {
    let request = Request::put("/").body(Body::full(vec![0xff, 0])).unwrap();
    let event = told(request).await;
    assert_eq!(event["body"], "/wA=");
    assert_eq!(event["isBase64Encoded"], true);
    let empty = told(Request::get("/").body(Body::empty()).unwrap()).await;
    assert_eq!(empty.get("body"), None);
    assert_eq!(empty.get("queryStringParameters"), None);
}

/// What an answer is: status, headers by name, body.
fn read(payload: &str) -> (u16, HeaderMap, String) {
    let response = answer(payload.as_bytes());
    let (parts, body) = response.into_parts();
    let body = body.collect().now_or_never().unwrap().unwrap().to_bytes();
    (
        parts.status.as_u16(),
        parts.headers,
        String::from_utf8_lossy(&body).into_owned(),
    )
}

#[test]
fn an_answer_may_say_all_or_a_body_alone() {
    let (status, headers, body) = read(
        r#"{"statusCode": 201, "headers": {"X-Word": "one"}, "cookies": ["a=1", "b=2"], "body": "made"}"#,
    );
    assert_eq!((status, body.as_str()), (201, "made"));
    assert_eq!(headers["x-word"], "one");
    assert_eq!(headers["content-type"], "application/json");
    assert_eq!(headers.get_all("set-cookie").iter().count(), 2);

    let (status, headers, body) = read(r#"{"message": "hello"}"#);
    assert_eq!((status, body.as_str()), (200, r#"{"message": "hello"}"#));
    assert_eq!(headers["content-type"], "application/json");
    assert_eq!(read(r#""text""#).2, "text");
    let encoded = r#"{"statusCode": 200, "body": "/wA=", "isBase64Encoded": true}"#;
    assert_eq!(read(encoded).2, "\u{fffd}\0");
}

#[test]
fn an_answer_that_is_none_is_a_bad_gateway() {
    for wrong in [
        "no json",
        r#"{"statusCode": 99}"#,
        r#"{"statusCode": "many"}"#,
        r#"{"statusCode": 200, "headers": {"a b": "c"}}"#,
        r#"{"statusCode": 200, "headers": {"a": "c\nd"}}"#,
        r#"{"statusCode": 200, "body": "!", "isBase64Encoded": true}"#,
        r#"{"statusCode": 200, "cookies": [1]}"#,
    ] {
        assert_eq!(read(wrong).0, 502, "{wrong}");
    }
}
