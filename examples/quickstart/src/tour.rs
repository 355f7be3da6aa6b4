//! The tour: every kind of call and every kind of failure, printed.

use quickstart_client::iris_client::Client;
use quickstart_client::messages::users::v1::{
    CreateUserRequest, DeleteUserRequest, SignInRequest, UserEvent, WatchRequest, user_event::Event,
};
use quickstart_client::{ErrorCode, IrisError, Remotes};
use std::error::Error;
use std::fmt::{Debug, Display};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Calls the server at `url`; fails where an answer is not the expected one.
pub(crate) async fn run(url: &str) -> Result<(), Box<dyn Error>> {
    println!("The server listens at {url}\n");
    let ada = remotes(url)?;

    // Without a session: the filter `signed_in` stops the call.
    let refused = ada.users().ping().await;
    expect(
        "ping before signing in",
        refused,
        ErrorCode::IrisRejectedByFilter,
    )?;

    // A wrong password is code 0, which callers match by name.
    match ada.sessions().sign_in(credentials("ada", "byron")).await {
        Err(IrisError {
            code: ErrorCode::InvalidUsernameOrPassword,
            internal_message,
            ..
        }) => {
            show(
                "sign_in with a wrong password",
                format!("code 0: {internal_message}"),
            );
        }
        other => return Err(format!("a wrong password gave {other:?}").into()),
    }

    let signed_in = ada
        .sessions()
        .sign_in(credentials("ada", "lovelace"))
        .await?;
    show("sign_in", format!("{:?}", signed_in.user));
    ada.users().ping().await?;
    show("ping", "the server is there");

    // A stream, opened before anything happens.
    let mut events = ada.users().watch(WatchRequest {}).await?;
    show("watch", "opened");

    let bob = ada
        .users()
        .create(new_user("bob", "bob@example.com"))
        .await?
        .user;
    let bob = bob.ok_or("the answer has no user")?;
    show("create", format!("{bob:?}"));
    let invalid = ada.users().create(new_user("eve", "nowhere")).await;
    expect(
        "create with a wrong e-mail address",
        invalid,
        ErrorCode::InvalidEmail,
    )?;

    let taken = ada.users().create(new_user("ada", "ada@example.com")).await;
    expect(
        "create with a name that is taken",
        taken,
        ErrorCode::NameTaken,
    )?;

    // Bob is signed in but no administrator: the filter `admin` stops him.
    let bobs = remotes(url)?;
    bobs.sessions()
        .sign_in(credentials("bob", "secret"))
        .await?;
    let refused = bobs
        .users()
        .create(new_user("eve", "eve@example.com"))
        .await;
    expect("create as bob", refused, ErrorCode::IrisRejectedByFilter)?;

    let refused = bobs.users().delete(DeleteUserRequest { id: 1 }).await;
    expect("delete ada as bob", refused, ErrorCode::UserNotFound)?;

    ada.users().delete(DeleteUserRequest { id: bob.id }).await?;
    show("delete", format!("user {} is gone", bob.id));

    for expected in [Event::Created(bob.clone()), Event::Deleted(bob.id)] {
        let event = events.next().await.ok_or("the stream ended")??;
        show("watch", format!("{event:?}"));
        if event
            != (UserEvent {
                event: Some(expected.clone()),
            })
        {
            return Err(format!("expected {expected:?}").into());
        }
    }

    plain_http(url).await
}

/// A client of the whole server that keeps the session's cookie.
fn remotes(url: &str) -> Result<Remotes, Box<dyn Error>> {
    Ok(Remotes::new(Client::builder(url).keep_cookies().build()?))
}

/// The same procedure by the same URL, for callers that have nothing but HTTP and JSON.
async fn plain_http(url: &str) -> Result<(), Box<dyn Error>> {
    let host = url.trim_start_matches("http://");
    let body = r#"{"name": "ada", "password": "lovelace"}"#;
    let mut connection = TcpStream::connect(host).await?;
    let request = format!(
        "POST /users.v1.Sessions/SignIn HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    connection.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await?;
    let json = answer.rsplit("\r\n").next().unwrap_or_default();
    show("POST /users.v1.Sessions/SignIn with JSON", json);
    let right = answer.starts_with("HTTP/1.1 200") && json.contains(r#""name":"ada""#);
    if right {
        Ok(())
    } else {
        Err(format!("unexpected answer:\n{answer}").into())
    }
}

fn credentials(name: &str, password: &str) -> SignInRequest {
    SignInRequest {
        name: name.into(),
        password: password.into(),
    }
}

fn new_user(name: &str, email: &str) -> CreateUserRequest {
    CreateUserRequest {
        name: name.into(),
        email: email.into(),
        password: "secret".into(),
    }
}

fn show(call: &str, outcome: impl Display) {
    println!("{call:<42} {outcome}");
}

/// Prints a failure that is meant to happen.
fn expect<T: Debug>(
    call: &str,
    outcome: Result<T, IrisError>,
    code: ErrorCode,
) -> Result<(), Box<dyn Error>> {
    match outcome {
        Err(error) if error.code == code => {
            println!("{call:<42} {error}");
            Ok(())
        }
        other => Err(format!("{call}: expected {code:?}, got {other:?}").into()),
    }
}
