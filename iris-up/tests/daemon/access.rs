//! Who may do what with the daemon.

use crate::support::{Daemon, path};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, StatusCode};
use iris_up_client::iris_client::Client;
use iris_up_client::messages::iris::up::v1::{CreateTokenRequest, Scope};
use iris_up_client::{ErrorCode, Remotes};
use rustix::process::{Signal, geteuid};
use std::fs;
use std::os::unix::fs::MetadataExt;

const PASSWORD: &str = "correct: horse: battery";

/// What a list is answered with, where a request has these headers besides.
async fn list(daemon: &Daemon, headers: &[(&str, &str)]) -> (u16, String) {
    let mut request = Request::builder()
        .method(Method::POST)
        .uri("/iris.up.v1.Apps/List")
        .header("content-type", "application/json")
        .body(Bytes::from_static(b"{}"))
        .unwrap();
    for (name, value) in headers {
        let name = HeaderName::try_from(*name).unwrap();
        request
            .headers_mut()
            .insert(name, HeaderValue::try_from(*value).unwrap());
    }
    let response = daemon.send(request).await;
    let text = String::from_utf8_lossy(response.body()).into_owned();
    (response.status().as_u16(), text)
}

fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
}

/// A daemon that asks everybody, and whose user ada has a password.
async fn strict() -> Daemon {
    let daemon = Daemon::start_with(&["--require-password"]).await;
    let folder = daemon.folder.path().to_str().unwrap().to_owned();
    let set = daemon
        .run_as(
            &["password", "ada", "--data", &folder],
            without_url,
            PASSWORD,
        )
        .await;
    assert_eq!(set.code, 0, "{set:?}");
    daemon
}

fn without_url(command: &mut tokio::process::Command) {
    command.env_remove("IRIS_UP_URL");
}

fn with_token(daemon: &Daemon, secret: &str) -> Remotes {
    let client =
        Client::builder(&daemon.url).metadata("authorization", &format!("Bearer {secret}"));
    Remotes::new(client.build().unwrap())
}

#[tokio::test]
async fn whoever_speaks_for_others_is_not_of_this_machine() {
    let daemon = Daemon::start().await;
    assert_eq!(list(&daemon, &[]).await.0, 200);
    for header in [
        ("x-forwarded-for", "127.0.0.1"),
        ("forwarded", "for=127.0.0.1"),
        ("x-real-ip", "127.0.0.1"),
        ("via", "1.1 proxy"),
        ("origin", "http://127.0.0.1:2374"),
        ("sec-fetch-site", "same-origin"),
        // A page whose name leads here.
        ("host", "evil.example"),
        ("host", "localhost.evil.example:2374"),
    ] {
        let (status, text) = list(&daemon, &[header]).await;
        assert_eq!(status, 401, "{header:?}: {text}");
        assert!(text.contains("\"code\":\"unauthenticated\""), "{text}");
    }
}

#[tokio::test]
async fn other_users_of_the_machine_sign_in() {
    let daemon = Daemon::start().await;
    if !geteuid().is_root() {
        eprintln!("only root can call as somebody else");
        return;
    }
    let listed = daemon
        .run_as(&["list"], |command| _ = command.uid(65534), "")
        .await;
    assert_eq!(listed.code, 1, "{listed:?}");
    assert!(listed.err.contains("sign in"), "{}", listed.err);
    // Neither at the Unix socket.
    let socket = daemon.folder.path().join("control.sock");
    let url = format!("unix:{}", socket.display());
    let at_socket = |command: &mut tokio::process::Command| {
        command.uid(65534).env("IRIS_UP_URL", url);
    };
    let listed = daemon.run_as(&["list"], at_socket, "").await;
    assert_eq!(listed.code, 1, "{listed:?}");
}

#[tokio::test]
async fn whoever_has_hung_up_is_nobody() {
    let daemon = Daemon::start().await;
    if !geteuid().is_root() {
        eprintln!("only root can call as somebody else");
        return;
    }
    let address = daemon.url.strip_prefix("http://").unwrap();
    let (host, port) = address.split_once(':').unwrap();
    let set = r#"{"name": "mallory", "password": "mallory's own"}"#;
    let request = format!(
        "POST /iris.up.v1.Access/SetPassword HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{set}GET /",
        set.len()
    );
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), request).unwrap();
    let readable = std::os::unix::fs::PermissionsExt::from_mode(0o644);
    fs::set_permissions(file.path(), readable).unwrap();
    // Somebody else hangs up as soon as it has asked. The kernel says of a socket that nobody has open any more that it is
    // root's.
    let script = format!(
        "for i in $(seq 300); do exec 3<>/dev/tcp/{host}/{port}; cat {} >&3; exec 3>&- 3<&-; done",
        file.path().display()
    );
    let mut shell = tokio::process::Command::new("bash");
    let asked = shell.args(["-c", &script]).uid(65534).gid(65534).status();
    assert!(asked.await.unwrap().success());
    // What it asked for came before this.
    let users = daemon.runs(["users"]).await;
    assert_eq!(users, "", "it was nobody who could");
}

#[tokio::test]
async fn whoever_goes_away_has_tried_all_the_same() {
    use tokio::io::AsyncWriteExt;
    let daemon = strict().await;
    let address = daemon.url.strip_prefix("http://").unwrap().to_owned();
    let right = basic("ada", PASSWORD);
    let wrong = basic("ada", "a guess");
    let request = format!(
        "POST /iris.up.v1.Apps/List HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\n\
         authorization: {wrong}\r\ncontent-length: 2\r\n\r\n{{}}"
    );
    let begun = std::time::Instant::now();
    loop {
        // Nobody waits to hear whether they were right.
        for _ in 0..5 {
            let mut socket = tokio::net::TcpStream::connect(&address).await.unwrap();
            socket.write_all(request.as_bytes()).await.unwrap();
        }
        let (status, text) = list(&daemon, &[("authorization", &right)]).await;
        if status == 429 {
            break;
        }
        assert_eq!(status, 200, "{text}");
        assert!(begun.elapsed().as_secs() < 60, "they are not counted");
    }
}

#[tokio::test]
async fn a_password_that_was_changed_is_good_no_longer() {
    let daemon = strict().await;
    let folder = daemon.folder.path().to_str().unwrap().to_owned();
    let old = basic("ada", PASSWORD);
    assert_eq!(list(&daemon, &[("authorization", &old)]).await.0, 200);
    let arguments = ["password", "ada", "--data", &folder];
    let set = daemon.run_as(&arguments, without_url, "another password");
    let signing_in = async {
        // While it is being changed either may be the right one, and none afterwards but the new.
        for _ in 0..3 {
            list(&daemon, &[("authorization", &old)]).await;
        }
    };
    let (set, ()) = tokio::join!(set, signing_in);
    assert_eq!(set.code, 0, "{set:?}");
    assert_eq!(list(&daemon, &[("authorization", &old)]).await.0, 401);
    let new = basic("ada", "another password");
    assert_eq!(list(&daemon, &[("authorization", &new)]).await.0, 200);
}

#[tokio::test]
async fn where_a_password_is_required_it_is_required_here_too() {
    let daemon = strict().await;
    let refused = daemon.run(&["list"]).await;
    assert_eq!(refused.code, 1);
    assert!(refused.err.contains("sign in"), "{}", refused.err);
    let none = |_: &mut tokio::process::Command| {};
    let listed = daemon
        .run_as(&["list", "-B"], none, &format!("ada\n{PASSWORD}\n"))
        .await;
    assert_eq!(listed.code, 0, "{listed:?}");
    let wrong = daemon.run_as(&["list", "-B"], none, "ada\nhorse\n").await;
    assert_eq!(wrong.code, 1);
    assert!(wrong.err.contains("is not right"), "{}", wrong.err);
    let nobody = daemon
        .run_as(&["list", "-B"], none, &format!("eve\n{PASSWORD}\n"))
        .await;
    assert_eq!(nobody.err, wrong.err, "whether there is a user is not told");
}

#[tokio::test]
async fn at_the_unix_socket_the_daemons_user_needs_no_password() {
    let daemon = strict().await;
    let folder = daemon.folder.path().to_str().unwrap().to_owned();
    let who = daemon
        .run_as(&["who", "--data", &folder], without_url, "")
        .await;
    let uid = geteuid().as_raw();
    let expected =
        format!("uid {uid} of this machine\n   may        read, invoke, deploy, administer\n");
    assert_eq!(who.out, expected, "{who:?}");
    let users = daemon
        .run_as(&["users", "--data", &folder], without_url, "")
        .await;
    assert!(users.out.starts_with(" • ada - 20"), "{users:?}");
    let socket = fs::metadata(daemon.folder.path().join("control.sock")).unwrap();
    assert_eq!(socket.uid(), uid);
}

#[tokio::test]
async fn passwords_outlive_the_daemon_and_are_not_kept() {
    let mut daemon = strict().await;
    daemon.restart_by(Signal::TERM).await;
    let header = basic("ada", PASSWORD);
    assert_eq!(list(&daemon, &[("authorization", &header)]).await.0, 200);
    daemon.restart_by(Signal::KILL).await;
    for entry in fs::read_dir(daemon.folder.path()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let content = fs::read(&path).unwrap();
            let found = content
                .windows(PASSWORD.len())
                .any(|window| window == PASSWORD.as_bytes());
            assert!(!found, "{}", path.display());
        }
    }
}

#[tokio::test]
async fn a_hash_of_another_program_is_as_good_as_a_password() {
    let daemon = strict().await;
    let folder = daemon.folder.path().to_str().unwrap().to_owned();
    let hash = bcrypt::hash("lovelace", 4).unwrap();
    let arguments = ["password", "grace", "--hash", "--data", &folder];
    let set = daemon.run_as(&arguments, without_url, &hash).await;
    assert_eq!(set.code, 0, "{set:?}");
    // The second time by the hash that was made of it meanwhile.
    for _ in 0..2 {
        let header = basic("grace", "lovelace");
        assert_eq!(list(&daemon, &[("authorization", &header)]).await.0, 200);
    }
    let header = basic("grace", "hopper");
    assert_eq!(list(&daemon, &[("authorization", &header)]).await.0, 401);
    let bad = daemon.run_as(&arguments, without_url, "secret").await;
    assert!(bad.err.contains("no hash of bcrypt"), "{bad:?}");
    let removed = ["password", "grace", "--remove", "--data", &folder];
    assert_eq!(daemon.run_as(&removed, without_url, "").await.code, 0);
    let header = basic("grace", "lovelace");
    assert_eq!(list(&daemon, &[("authorization", &header)]).await.0, 401);
    assert_eq!(daemon.run_as(&removed, without_url, "").await.code, 1);
}

#[tokio::test]
async fn after_ten_wrong_ones_even_the_right_one_waits() {
    let daemon = strict().await;
    let right = basic("ada", PASSWORD);
    for number in 0..10 {
        let wrong = basic("ada", &format!("guess-{number}"));
        let (status, text) = list(&daemon, &[("authorization", &wrong)]).await;
        assert_eq!(status, 401, "{text}");
    }
    let (status, text) = list(&daemon, &[("authorization", &right)]).await;
    assert_eq!(status, 429, "{text}");
    assert!(text.contains("wait a minute"), "{text}");
}

#[tokio::test]
async fn what_is_no_authorization_lets_nobody_in() {
    let daemon = Daemon::start().await;
    for header in [
        "",
        "Basic",
        "Basic YWRh",
        "Bearer ",
        "Bearer irisup_x",
        "Digest a=b",
    ] {
        // Also of this machine: whoever shows something is known by that.
        assert_eq!(
            list(&daemon, &[("authorization", header)]).await.0,
            401,
            "{header}"
        );
    }
}

#[tokio::test]
async fn a_token_is_good_for_what_it_was_made_for() {
    let mut daemon = Daemon::start().await;
    daemon.runs(["push", &path("resident")]).await;
    daemon
        .runs(["push", &path("resident"), "--name", "other"])
        .await;
    let secret = daemon
        .runs([
            "token", "create", "ci", "--scope", "read", "--scope", "deploy", "--app", "other",
        ])
        .await;
    let secret = secret.trim().to_owned();
    let with = |command: &mut tokio::process::Command| {
        command.env("IRIS_UP_TOKEN", &secret);
    };
    let listed = daemon.run_as(&["list"], with, "").await;
    assert_eq!(listed.out, " • other - alive\n", "{listed:?}");
    assert_eq!(daemon.run_as(&["restart", "other"], with, "").await.code, 0);
    for (arguments, why) in [
        (vec!["status", "resident"], "not for the app resident"),
        (vec!["kill", "resident"], "not for the app resident"),
        (vec!["status", "nothing"], "not for the app nothing"),
        (vec!["invoke", "other"], "lacks SCOPE_INVOKE"),
        (vec!["token", "list"], "lacks SCOPE_ADMINISTER"),
        (vec!["users"], "lacks SCOPE_ADMINISTER"),
    ] {
        let refused = daemon.run_as(&arguments, with, "").await;
        assert_eq!(refused.code, 1, "{arguments:?}");
        assert!(refused.err.contains(why), "{arguments:?}: {}", refused.err);
    }
    let file = daemon.folder.path().join("token");
    fs::write(&file, &secret).unwrap();
    let who = daemon
        .runs(["who", "--token-file", file.to_str().unwrap()])
        .await;
    assert!(
        who.contains("(ci)\n   may        read, deploy\n   with       other\n"),
        "{who}"
    );

    daemon.restart_by(Signal::TERM).await;
    let listed = daemon.runs(["token", "list"]).await;
    assert!(
        listed.ends_with(" - ci - read, deploy - other\n"),
        "{listed}"
    );
    assert!(!listed.contains(&secret));
    let id = listed.split(' ').nth(2).unwrap();
    with_token(&daemon, &secret).apps().list().await.unwrap();
    daemon.runs(["token", "remove", id]).await;
    let error = with_token(&daemon, &secret)
        .apps()
        .list()
        .await
        .unwrap_err();
    assert_eq!(error.code, ErrorCode::WrongCredentials);
}

#[tokio::test]
async fn a_token_ends() {
    let daemon = Daemon::start().await;
    let access = daemon.remotes();
    let request = |lifetime| CreateTokenRequest {
        name: "short".to_owned(),
        scopes: vec![Scope::Read.into()],
        apps: Vec::new(),
        lifetime: Some(prost_types::Duration {
            seconds: lifetime,
            nanos: 0,
        }),
    };
    let created = access.access().create_token(request(1)).await.unwrap();
    let apps = with_token(&daemon, &created.secret);
    let mut refused = None;
    while refused.is_none() {
        refused = apps.apps().list().await.err();
    }
    assert_eq!(refused.unwrap().code, ErrorCode::WrongCredentials);
    let error = access.access().create_token(request(0)).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::InvalidLifetime);
    let bad = CreateTokenRequest {
        scopes: vec![Scope::Administer.into()],
        apps: vec!["hello".to_owned()],
        ..request(1)
    };
    let error = access.access().create_token(bad).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::InvalidScopes);
    let error = access
        .access()
        .create_token(CreateTokenRequest::default())
        .await
        .unwrap_err();
    assert_eq!(error.code, ErrorCode::InvalidScopes);
}

#[tokio::test]
async fn apps_are_told_whom_a_request_is_from() {
    let trusting = Daemon::start_with(&["--proxy", "127.0.0.0/8"]).await;
    let silent = Daemon::start_with(&["--no-x-forwarded-for"]).await;
    let plain = Daemon::start().await;
    for (daemon, expected) in [
        (
            &plain,
            "x-forwarded-for: 127.0.0.1\nx-forwarded-proto: http\n",
        ),
        (
            &trusting,
            "x-forwarded-for: 9.9.9.9, 127.0.0.1\nx-forwarded-proto: https\n",
        ),
        (&silent, "x-forwarded-proto: http\n"),
    ] {
        let folder = daemon.folder.path().to_str().unwrap().to_owned();
        let program = path("resident");
        let pushed = daemon
            .run_as(&["push", &program, "--data", &folder], without_url, "")
            .await;
        assert_eq!(pushed.code, 0, "{pushed:?}");
        let request = Request::get("/resident/headers")
            .header("x-forwarded-for", "9.9.9.9")
            .header("x-forwarded-proto", "https")
            // Nor may a caller have it taken away.
            .header("connection", "x-forwarded-prefix, x-forwarded-host")
            .body(Bytes::new());
        let response = daemon.send(request.unwrap()).await;
        assert_eq!(response.status(), StatusCode::OK);
        let text = String::from_utf8_lossy(response.body()).into_owned();
        let mut told: Vec<&str> = text
            .split_inclusive('\n')
            .filter(|line| {
                ["x-forwarded-for", "x-forwarded-proto"]
                    .iter()
                    .any(|name| line.starts_with(name))
            })
            .collect();
        told.sort_unstable();
        let told = told.concat();
        assert_eq!(told, expected);
        assert!(text.contains("x-forwarded-prefix: /resident\n"), "{text}");
    }
    // A proxy is nobody of this machine, whether or not it says whom it speaks for.
    for headers in [&[("x-forwarded-for", "127.0.0.1")][..], &[]] {
        assert_eq!(list(&trusting, headers).await.0, 401);
    }
}

#[tokio::test]
async fn the_daemon_speaks_tls() {
    let folder = tempfile::tempdir().unwrap();
    let own = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    fs::write(at("certificate"), own.cert.pem()).unwrap();
    fs::write(at("key"), own.signing_key.serialize_pem()).unwrap();
    let settings = [
        "--tls-certificate",
        &at("certificate"),
        "--tls-key",
        &at("key"),
    ];
    let daemon = Daemon::start_with(&settings).await;
    let url = daemon.url.replace("http:", "https:");
    let listed = daemon
        .runs(["list", "--url", &url, "--tls-authority", &at("certificate")])
        .await;
    assert_eq!(listed, "");
    let stranger = daemon.run(&["list", "--url", &url]).await;
    assert_eq!(stranger.code, 1);
    assert!(stranger.err.contains("certificate"), "{}", stranger.err);
    let half = daemon.run(&["serve", "--tls-key", "x"]).await;
    assert_eq!(half.code, 2, "{half:?}");
}
