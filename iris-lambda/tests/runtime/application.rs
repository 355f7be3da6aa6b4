//! A router that is given events of HTTP, in every format.

use crate::support::{Event, Process, RuntimeApi};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

struct Site {
    api: RuntimeApi,
    _process: Process,
}

impl Site {
    async fn start() -> Site {
        Site::start_with(&[]).await
    }

    async fn start_with(variables: &[(&str, &str)]) -> Site {
        let api = RuntimeApi::start().await;
        let process = api.run_with("site", |command| {
            command.envs(variables.iter().copied());
        });
        Site {
            api,
            _process: process,
        }
    }

    async fn answer(&mut self, event: &Value) -> Value {
        let said = self.api.ask(Event::new("1", event.to_string())).await;
        assert_eq!(said.path, "invocation/1/response", "{:?}", said.body);
        assert_eq!(said.header("lambda-runtime-function-response-mode"), "");
        said.json()
    }

    /// What the router was asked.
    async fn told(&mut self, event: &Value) -> Value {
        let answer = self.answer(event).await;
        assert_eq!(answer["statusCode"], 200);
        serde_json::from_str(answer["body"].as_str().unwrap()).unwrap()
    }
}

/// Payload format 2.0.
fn two(method: &str, path: &str, query: &str) -> Value {
    json!({
        "version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": query,
        "headers": { "host": "example.com", "x-word": "a,b" },
        "requestContext": {
            "accountId": "anonymous", "apiId": "x", "stage": "$default", "timeEpoch": 1u64,
            "http": {
                "method": method, "path": path, "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1", "userAgent": "curl",
            },
        },
        "isBase64Encoded": false,
    })
}

/// Payload format 1.0, of a REST API.
fn one(method: &str, path: &str) -> Value {
    json!({
        "resource": "/{proxy+}", "path": path, "httpMethod": method,
        "headers": { "Host": "example.com", "X-Word": "b" },
        "multiValueHeaders": { "Host": ["example.com"], "X-Word": ["a", "b"] },
        "queryStringParameters": null, "multiValueQueryStringParameters": null,
        "requestContext": {
            "stage": "prod", "path": format!("/prod{path}"),
            "identity": { "sourceIp": "192.0.2.1" },
            "authorizer": { "claims": { "sub": "ada" } },
        },
        "body": null, "isBase64Encoded": false,
    })
}

/// A load balancer's.
fn balanced(method: &str, path: &str) -> Value {
    json!({
        "requestContext": { "elb": { "targetGroupArn": "arn:aws:elasticloadbalancing:x" } },
        "httpMethod": method, "path": path, "queryStringParameters": {},
        "headers": { "host": "example.com", "x-word": "b" },
        "body": "", "isBase64Encoded": false,
    })
}

fn headers(told: &Value) -> Vec<&str> {
    let headers = told["headers"].as_array().unwrap().iter();
    let mut headers: Vec<&str> = headers.map(|header| header.as_str().unwrap()).collect();
    headers.sort_unstable();
    headers
}

#[tokio::test]
async fn each_format_makes_the_same_request() {
    let mut site = Site::start().await;
    let mut event = two("PUT", "/a%20b/c", "d=1&d=2&e=%2F+f&g");
    event["cookies"] = json!(["a=1", "b=2"]);
    let told = site.told(&event).await;
    assert_eq!(
        (&told["method"], &told["gateway"]),
        (&json!("PUT"), &json!("Http"))
    );
    assert_eq!(told["uri"], "/a%20b/c?d=1&d=2&e=%2F+f&g");
    assert_eq!(
        headers(&told),
        ["cookie: a=1; b=2", "host: example.com", "x-word: a,b"]
    );
    assert_eq!(
        (&told["source"], &told["stage"]),
        (&json!("192.0.2.1"), &Value::Null)
    );
    assert_eq!(
        (&told["id"], &told["context"]["apiId"]),
        (&json!("1"), &json!("x"))
    );

    let mut event = one("PUT", "/a%20b/c");
    event["queryStringParameters"] = json!({ "d": "2", "e": "/ f" });
    event["multiValueQueryStringParameters"] = json!({ "d": ["1", "2"], "e": ["/ f"] });
    let told = site.told(&event).await;
    assert_eq!(
        (&told["method"], &told["gateway"]),
        (&json!("PUT"), &json!("Rest"))
    );
    assert_eq!(
        told["uri"], "/a%20b/c?d=1&d=2&e=%2F%20f",
        "decoded by the gateway"
    );
    assert_eq!(
        headers(&told),
        ["host: example.com", "x-word: a", "x-word: b"]
    );
    assert_eq!(
        (&told["source"], &told["stage"]),
        (&json!("192.0.2.1"), &json!("prod"))
    );
    assert_eq!(told["context"]["authorizer"]["claims"]["sub"], "ada");

    let mut event = balanced("PUT", "/a%20b/c");
    event["queryStringParameters"] = json!({ "d": "2", "e": "%2F+f" });
    let told = site.told(&event).await;
    assert_eq!(
        (&told["method"], &told["gateway"]),
        (&json!("PUT"), &json!("LoadBalancer"))
    );
    assert_eq!(
        told["uri"], "/a%20b/c?d=2&e=%2F+f",
        "not decoded by the balancer"
    );
    event["multiValueQueryStringParameters"] = json!({ "d": ["1", "2"], "e": ["%2F+f"] });
    event["multiValueHeaders"] = json!({ "host": ["example.com"], "x-word": ["a", "b"] });
    let told = site.told(&event).await;
    assert_eq!(told["uri"], "/a%20b/c?d=1&d=2&e=%2F+f");
    assert_eq!(
        headers(&told),
        ["host: example.com", "x-word: a", "x-word: b"]
    );
}

#[tokio::test]
async fn a_path_comes_without_its_stage_and_encoded() {
    let mut site = Site::start().await;
    let mut event = two("GET", "/dev/a b/é?", "");
    event["requestContext"]["stage"] = json!("dev");
    let told = site.told(&event).await;
    assert_eq!(
        (&told["uri"], &told["stage"]),
        (&json!("/a%20b/%C3%A9%3F"), &json!("dev"))
    );
    event["rawPath"] = json!("/dev");
    assert_eq!(site.told(&event).await["uri"], "/");
    event["rawPath"] = json!("/devices");
    assert_eq!(site.told(&event).await["uri"], "/devices");
    // A REST API has taken it off.
    assert_eq!(site.told(&one("GET", "/prod/a")).await["uri"], "/prod/a");
    // An HTTP API with format 1.0 has not.
    let mut event = one("GET", "/prod/a");
    event["version"] = json!("1.0");
    assert_eq!(site.told(&event).await["uri"], "/a");

    let answer = site.answer(&two("GET", "/greet/J%C3%B6rg%2F5", "")).await;
    assert_eq!(answer["body"], "Hello, Jörg/5\n");
    let answer = site.answer(&two("GET", "/greet/Jörg", "")).await;
    assert_eq!(answer["body"], "Hello, Jörg\n");
}

#[tokio::test]
async fn answers_are_in_the_format_of_their_event() {
    let mut site = Site::start().await;
    let text = "text/plain; charset=utf-8";
    let answer = site.answer(&two("GET", "/cookies", "")).await;
    let expected = json!({
        "statusCode": 200,
        "headers": { "content-type": text, "content-length": "4", "x-word": "a, b" },
        "cookies": ["a=1; Path=/", "b=2"],
        "body": "well", "isBase64Encoded": false,
    });
    assert_eq!(without_length(answer), without_length(expected));

    let listed = json!({
        "content-type": [text], "x-word": ["a", "b"], "set-cookie": ["a=1; Path=/", "b=2"],
    });
    let answer = site.answer(&one("GET", "/cookies")).await;
    let expected = json!({
        "statusCode": 200, "multiValueHeaders": listed, "body": "well", "isBase64Encoded": false,
    });
    assert_eq!(without_length(answer), expected);

    let mut event = balanced("GET", "/cookies");
    let answer = site.answer(&event).await;
    let expected = json!({
        "statusCode": 200, "statusDescription": "200 OK",
        "headers": {
            "content-type": text, "x-word": "a, b", "set-cookie": "a=1; Path=/", "Set-cookie": "b=2",
        },
        "body": "well", "isBase64Encoded": false,
    });
    assert_eq!(without_length(answer), expected);
    event["multiValueHeaders"] = json!({});
    let answer = site.answer(&event).await;
    let expected = json!({
        "statusCode": 200, "statusDescription": "200 OK", "multiValueHeaders": listed,
        "body": "well", "isBase64Encoded": false,
    });
    assert_eq!(without_length(answer), expected);

    let answer = site.answer(&two("GET", "/empty", "")).await;
    assert_eq!(
        (&answer["statusCode"], &answer["body"]),
        (&json!(204), &json!(""))
    );
}

/// Whether the length of a body is said is axum's business.
fn without_length(mut answer: Value) -> Value {
    for headers in ["headers", "multiValueHeaders"] {
        if let Some(headers) = answer[headers].as_object_mut() {
            headers.remove("content-length");
        }
    }
    match answer {
        Value::Object(mut told) => {
            told.retain(|_, value| !value.is_null());
            Value::Object(told)
        }
        other => other,
    }
}

#[tokio::test]
async fn bodies_that_are_no_text_go_and_come_as_base64() {
    let mut site = Site::start().await;
    let all: Vec<u8> = (0..=255).collect();
    for event in [
        two("GET", "/binary", ""),
        one("GET", "/binary"),
        balanced("GET", "/binary"),
    ] {
        let answer = site.answer(&event).await;
        assert_eq!(answer["isBase64Encoded"], true);
        assert_eq!(answer["body"], STANDARD.encode(&all));
    }
    for mut event in [
        two("POST", "/echo", ""),
        one("POST", "/echo"),
        balanced("POST", "/echo"),
    ] {
        event["body"] = json!(STANDARD.encode(&all));
        event["isBase64Encoded"] = json!(true);
        let answer = site.answer(&event).await;
        assert_eq!(
            (&answer["body"], &answer["isBase64Encoded"]),
            (&event["body"], &json!(true))
        );
        event["body"] = json!("{\"a\": \"é\"}");
        event["isBase64Encoded"] = json!(false);
        let answer = site.answer(&event).await;
        assert_eq!(
            (&answer["body"], &answer["isBase64Encoded"]),
            (&event["body"], &json!(false))
        );
    }
}

#[tokio::test]
async fn what_is_no_request_and_what_fails_is_told_and_the_next_is_answered() {
    let mut site = Site::start().await;
    let mut bad_base64 = two("POST", "/echo", "");
    bad_base64["body"] = json!("%");
    bad_base64["isBase64Encoded"] = json!(true);
    let mut bad_method = two("GET", "/", "");
    bad_method["requestContext"]["http"]["method"] = json!("G E T");
    let mut bad_header = two("GET", "/", "");
    bad_header["headers"]["x-bad"] = json!("a\nb");
    for (event, kind) in [
        (json!({ "Records": [] }), "Runtime.UnmarshalError"),
        (json!([1]), "Runtime.UnmarshalError"),
        (
            json!({ "requestContext": { "connectionId": "x" } }),
            "Runtime.UnmarshalError",
        ),
        (bad_base64, "Runtime.UnmarshalError"),
        (bad_method, "Runtime.UnmarshalError"),
        (bad_header, "Runtime.UnmarshalError"),
        (two("GET", "/panic", ""), "Runtime.Panic"),
        (two("GET", "/break", ""), "Error"),
    ] {
        let said = site.api.ask(Event::new("1", event.to_string())).await;
        assert_eq!(said.path, "invocation/1/error", "{event}");
        assert_eq!(said.json()["errorType"], kind, "{event}: {}", said.json());
        assert_eq!(site.told(&two("GET", "/next", "")).await["uri"], "/next");
    }
}

#[tokio::test]
async fn answers_are_streamed_where_the_environment_says_so() {
    let stream = two("GET", "/stream", "");
    let mode = "lambda-runtime-function-response-mode";
    // Collected, where nobody said that it may be streamed.
    let mut site = Site::start().await;
    assert_eq!(site.answer(&stream).await["body"], "one two");
    let buffered = [
        ("IRIS_LAMBDA_INVOKE_MODE", "BUFFERED"),
        ("IRIS_UP_DAEMON", "/x"),
    ];
    let mut site = Site::start_with(&buffered).await;
    assert_eq!(site.answer(&stream).await["body"], "one two");

    let mut site = Site::start_with(&[("IRIS_LAMBDA_INVOKE_MODE", "RESPONSE_STREAM")]).await;
    for (path, body) in [("/stream", "one two"), ("/greet/Ada", "Hello, Ada\n")] {
        let said = site
            .api
            .ask(Event::new("1", two("GET", path, "").to_string()))
            .await;
        assert_eq!(said.header(mode), "streaming");
        let end = said
            .body
            .windows(8)
            .position(|bytes| bytes == [0; 8])
            .unwrap();
        let head: Value = serde_json::from_slice(&said.body[..end]).unwrap();
        assert_eq!(head["statusCode"], 200);
        assert_eq!(&said.body[end + 8..], body.as_bytes());
    }
    let said = site
        .api
        .ask(Event::new("1", two("GET", "/break", "").to_string()))
        .await;
    let trailers = said.trailers.unwrap();
    assert_eq!(trailers["lambda-runtime-function-error-type"], "Error");
    // A load balancer takes no streams.
    assert_eq!(
        site.answer(&balanced("GET", "/stream")).await["body"],
        "one two"
    );

    // iris-up takes both: what has no length is streamed.
    let mut site = Site::start_with(&[("IRIS_UP_DAEMON", "/x")]).await;
    let said = site.api.ask(Event::new("1", stream.to_string())).await;
    assert_eq!(said.header(mode), "streaming");
    assert_eq!(
        site.answer(&two("GET", "/greet/Ada", "")).await["body"],
        "Hello, Ada\n"
    );
}
