//! Functions written with iris-lambda.

use crate::support::{Daemon, path};
use bytes::Bytes;
use http::Request;
use http_body_util::BodyExt;
use iris_up_client::iris_client::Client;
use quickstart_client::messages::users::v1::{CreateUserRequest, SignInRequest};
use quickstart_client::{ErrorCode, Remotes};
use serde_json::Value;

#[tokio::test]
async fn an_app_gets_the_handler_with_its_name() {
    let daemon = Daemon::start().await;
    for name in ["greet", "count"] {
        daemon
            .runs(["push", &path("named"), "--lambda", "--name", name])
            .await;
    }
    let printed = daemon.runs(["invoke", "greet", r#"{"name":"Ada"}"#]).await;
    let told: Value = serde_json::from_str(&printed).unwrap();
    assert_eq!(told["message"], "Hello, Ada");
    assert_eq!(
        told["arn"],
        "arn:aws:lambda:us-east-1:000000000000:function:greet"
    );
    assert_eq!(told["version"], "1");
    assert!((1..=30).contains(&told["left"].as_u64().unwrap()), "{told}");
    let failed = daemon.run(&["invoke", "greet", "[]"]).await;
    assert_ne!(failed.code, 0);
    assert!(failed.err.contains("NobodyToGreet"), "{failed:?}");
    assert_eq!(daemon.get("/count/").await, (200, "one two ".to_owned()));
}

#[tokio::test]
async fn a_name_without_a_handler_is_not_pushed() {
    let daemon = Daemon::start().await;
    let failed = daemon
        .run(&["push", &path("named"), "--lambda", "--name", "other"])
        .await;
    assert_eq!(failed.code, 1, "{failed:?}");
    let told = "there is no handler `other`: _HANDLER has to name one of `greet`, `count`";
    assert!(failed.err.contains(told), "{}", failed.err);
}

async fn typed() -> Daemon {
    let daemon = Daemon::start().await;
    daemon.runs(["push", &path("calls"), "--lambda"]).await;
    daemon
}

#[tokio::test]
async fn an_iris_application_answers_its_generated_client() {
    let daemon = typed().await;
    let client = Client::builder(&format!("{}/calls", daemon.url)).keep_cookies();
    let remotes = Remotes::new(client.build().unwrap());
    let refused = remotes.users().ping().await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::IrisRejectedByFilter);
    let credentials = |password: &str| SignInRequest {
        name: "ada".to_owned(),
        password: password.to_owned(),
    };
    let wrong = remotes
        .sessions()
        .sign_in(credentials("byron"))
        .await
        .unwrap_err();
    assert_eq!(wrong.code, ErrorCode::InvalidUsernameOrPassword);
    let signed_in = remotes
        .sessions()
        .sign_in(credentials("lovelace"))
        .await
        .unwrap();
    assert_eq!(signed_in.user.unwrap().name, "ada");
    remotes.users().ping().await.unwrap();
    // Bytes that are no text go there and come back.
    let name = "b\u{0}\u{1f}ö".repeat(1000);
    let request = CreateUserRequest {
        name: name.clone(),
        email: "bob@example.com".to_owned(),
        password: "secret".to_owned(),
    };
    let created = remotes.users().create(request).await.unwrap();
    assert_eq!(created.user.unwrap().name, name);
}

#[tokio::test]
async fn an_iris_application_answers_plain_json_and_get() {
    let daemon = typed().await;
    let json = |path: &str, body: &str| {
        let request = Request::post(path).header("content-type", "application/json");
        request.body(Bytes::from(body.to_owned())).unwrap()
    };
    let body = r#"{"name":"ada","password":"lovelace"}"#;
    let answer = daemon
        .send(json("/calls/users.v1.Sessions/SignIn", body))
        .await;
    assert_eq!(answer.status(), 200);
    let cookie = answer.headers()["set-cookie"].to_str().unwrap();
    let cookie = cookie.split(';').next().unwrap().to_owned();
    let told: Value = serde_json::from_slice(answer.body()).unwrap();
    assert_eq!(told["user"]["name"], "ada");

    let ping = "/calls/users.v1.Users/Ping?connect=v1&encoding=json&message=%7B%7D";
    let request = || Request::get(ping);
    let answer = daemon.send(request().body(Bytes::new()).unwrap()).await;
    assert_eq!(answer.status(), 403);
    let request = request().header("cookie", cookie);
    let answer = daemon.send(request.body(Bytes::new()).unwrap()).await;
    assert_eq!(
        (answer.status().as_u16(), answer.body().as_ref()),
        (200, b"{}".as_ref())
    );
    let (status, text) = daemon.get("/calls/users.v1.Users/Unheard").await;
    assert_eq!(status, 404, "{text}");
}

#[tokio::test]
async fn the_same_executable_is_a_daemon() {
    let daemon = typed().await;
    daemon
        .runs(["push", &path("calls"), "--name", "resident"])
        .await;
    let check = "grpc.health.v1.Health/Check?encoding=json&message=%7B%7D&connect=v1";
    for app in ["calls", "resident"] {
        let (status, text) = daemon.get(&format!("/{app}/{check}")).await;
        assert_eq!(
            (status, text.as_str()),
            (200, r#"{"status":"SERVING"}"#),
            "{app}"
        );
    }
}

#[tokio::test]
async fn an_iris_application_streams_its_answers() {
    let daemon = typed().await;
    // An envelope with `{}` (Connect, "Streaming RPCs").
    let request = Request::post("/calls/grpc.health.v1.Health/Watch")
        .header("content-type", "application/connect+json");
    let request = request.body(Bytes::from_static(b"\0\0\0\0\x02{}")).unwrap();
    let (head, mut body) = daemon.begin(request).await.into_parts();
    assert_eq!(head.status, 200);
    assert_eq!(head.headers["content-type"], "application/connect+json");
    // The first message, while the stream goes on.
    let first = body.frame().await.unwrap().unwrap().into_data().unwrap();
    assert_eq!(&first[5..], br#"{"status":"SERVING"}"#);
    drop(body);
    // Whoever goes away leaves the process to others.
    let (status, text) = daemon.get("/calls/users.v1.Users/Unheard").await;
    assert_eq!(status, 404, "{text}");
}
