//! A function for tests, which speaks the Runtime API by hand. What it does with an event, the event's path says.

#![expect(
    clippy::disallowed_methods,
    reason = "it ends without a word, and waits as programs of others do"
)]

mod asking;

use asking::{Answer, ask};
use serde_json::{Value, json};
use std::env;
use std::error::Error;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::exit;

fn main() -> Result<(), Box<dyn Error>> {
    match env::args().nth(1).as_deref() {
        Some("ends") => exit(3),
        Some("never-asks") => {
            println!("begins");
            loop {
                std::thread::park();
            }
        }
        // It takes longer than there is for a start.
        Some("asks-late") => {
            println!("begins");
            std::thread::sleep(std::time::Duration::from_secs(12));
        }
        Some("cannot-start") => {
            let why = json!({ "errorMessage": "no database", "errorType": "NoDatabase" });
            let (status, ..) = call("POST", "init/error", &why.to_string())?;
            assert_eq!(status, 202);
            exit(1)
        }
        _ => {}
    }
    if env::args().nth(1).as_deref() == Some("with-extension") {
        extend()?;
    }
    // As where what it needs is gone since it was pushed.
    if std::path::Path::new("no-database").exists() {
        let why = json!({ "errorMessage": "no database", "errorType": "NoDatabase" });
        let why = match std::fs::read_to_string("no-database")?.parse() {
            Ok(length) => "é".repeat(length),
            Err(_) => why.to_string(),
        };
        call("POST", "init/error", &why)?;
        exit(1)
    }
    println!("own {}", std::process::id());
    loop {
        let (status, headers, event) = call("GET", "invocation/next", "")?;
        if status != 200 {
            return Ok(());
        }
        let header = |name: &str| {
            let found = headers.iter().find_map(|line| line.strip_prefix(name));
            found.unwrap_or_default().trim().to_owned()
        };
        let id = header("lambda-runtime-aws-request-id:");
        let client_context = header("lambda-runtime-client-context:");
        let event: Value = serde_json::from_slice(&event)?;
        if event["source"] == "aws.events" {
            println!("scheduled {} {}", event["time"], event["detail-type"]);
        }
        let respond = |answer: Value| {
            call(
                "POST",
                &format!("invocation/{id}/response"),
                &answer.to_string(),
            )
        };
        match event["rawPath"].as_str().unwrap_or_default() {
            "/end" => exit(5),
            "/hang" => loop {
                std::thread::park();
            },
            "/fail" => {
                let why = json!({ "errorMessage": "no luck", "errorType": "NoLuck" });
                let (status, ..) =
                    call("POST", &format!("invocation/{id}/error"), &why.to_string())?;
                assert_eq!(status, 202);
            }
            // It raises what it is told to, byte for byte.
            "/fail-with" => {
                let path = format!("/2018-06-01/runtime/invocation/{id}/error");
                let kind = format!(
                    "Lambda-Runtime-Function-Error-Type: {}",
                    event["kind"].as_str().unwrap_or_default()
                );
                let document = event["document"].as_str().unwrap_or_default();
                let (status, ..) = ask("POST", &path, &[&kind], document)?;
                assert_eq!(status, 202);
            }
            "/context" => {
                let told = json!({
                    "deadline": header("lambda-runtime-deadline-ms:"),
                    "arn": header("lambda-runtime-invoked-function-arn:"),
                    "trace": header("lambda-runtime-trace-id:"),
                    "client": client_context,
                    "id": id,
                    "environment": env::vars().collect::<std::collections::BTreeMap<_, _>>(),
                });
                respond(told)?;
            }
            "/wrong" => {
                let refused = [
                    call("GET", "invocation/next", "")?,
                    call("POST", "invocation/another/response", "{}")?,
                    call("POST", "nothing", "{}")?,
                    call("POST", "init/error", "{}")?,
                ];
                let told = refused
                    .map(|(status, _, body)| json!([status, String::from_utf8_lossy(&body)]));
                respond(json!(told))?;
            }
            // It asks over and over at once, and reads no answer.
            "/flood" => {
                let host = env::var("AWS_LAMBDA_RUNTIME_API")?;
                let question = format!(
                    "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nhost: {host}\r\n\r\n"
                );
                let mut sockets = Vec::new();
                for _ in 0..2_000 {
                    let mut socket = TcpStream::connect(&host)?;
                    let _ = socket.write_all(question.as_bytes());
                    sockets.push(socket);
                }
                println!("flooded");
                wait_for_go();
                drop(sockets);
                // Connections are counted until their end has been seen.
                while respond(json!("well")).is_err() {}
            }
            // It asks what it is told to, and prints what is answered.
            "/ask" => {
                let mut answers = Vec::new();
                for asked in event["asks"].as_array().into_iter().flatten() {
                    let text = |index: usize| asked[index].as_str().unwrap_or_default();
                    let path = text(1).replace("{id}", &id);
                    let headers: Vec<&str> =
                        text(2).lines().filter(|line| !line.is_empty()).collect();
                    answers.push(match ask(text(0), &path, &headers, text(3)) {
                        Ok((status, _, body)) => {
                            json!([status, String::from_utf8_lossy(&body)])
                        }
                        Err(error) => json!([0, error.to_string()]),
                    });
                }
                println!("answers {}", json!(answers));
            }
            path @ ("/stream-and-fail"
            | "/stream-and-fail-with"
            | "/stream-and-end"
            | "/stream-without-head") => {
                stream(path, &id)?;
            }
            // It fails as often as there are no so many files.
            "/fails-at-first" => {
                let attempt = std::fs::read_dir(".")?.count();
                println!("attempt {attempt} of {id}");
                std::fs::write(format!("attempt-{attempt}"), "")?;
                if attempt < 2 {
                    let why = json!({ "errorMessage": "not yet", "errorType": "NotYet" });
                    call("POST", &format!("invocation/{id}/error"), &why.to_string())?;
                } else {
                    respond(json!("well"))?;
                }
            }
            // It says that its answer has another length than it has.
            "/short" => {
                respond(json!({
                    "statusCode": 200,
                    "headers": { "content-length": "3", "transfer-encoding": "chunked", "x-own": "1" },
                    "body": "more than three bytes",
                }))?;
            }
            "/switch" => {
                respond(json!({ "statusCode": 101 }))?;
            }
            path @ ("/largest" | "/large") => {
                let length = 6 * 1024 * 1024 + if path == "/largest" { 100 } else { 101 };
                let answer = format!("\"{}\"", "x".repeat(length - 2));
                let (status, ..) = call("POST", &format!("invocation/{id}/response"), &answer)?;
                println!("status {status}");
            }
            // It has another event before it answers this one, which it does when it is let, and not before.
            "/late" => {
                println!("has the first");
                let (_, headers, _) = call("GET", "invocation/next", "")?;
                let name = "lambda-runtime-aws-request-id:";
                let second = headers.iter().find_map(|line| line.strip_prefix(name));
                let second = second.unwrap_or_default().trim();
                println!("has the second");
                wait_for_go();
                for kind in ["response", "error"] {
                    let path = format!("invocation/{id}/{kind}");
                    let (status, _, body) = call("POST", &path, "{}")?;
                    println!("{kind} {status} {}", String::from_utf8_lossy(&body));
                }
                let path = format!("invocation/{second}/response");
                call("POST", &path, "\"in time\"")?;
            }
            // It answers, and asks for nothing more.
            "/answer-and-hang" => {
                respond(json!("well"))?;
                loop {
                    std::thread::park();
                }
            }
            // What is in the folder where it finds itself, and whether it may change that.
            "/files" => {
                let written = ["data.txt", "new.txt"].map(|file| {
                    let written = std::fs::write(file, "changed");
                    written.map_err(|error| error.to_string())
                });
                respond(json!({
                    "folder": env::current_dir()?,
                    "data": std::fs::read_to_string("data.txt").unwrap_or_default(),
                    "written": written,
                    "home": std::fs::write(format!("{}/own", env::var("HOME")?), "").is_ok(),
                }))?;
            }
            "/print-and-end" => {
                println!("about its end");
                exit(5)
            }
            "/print-much" => {
                for number in 0..1_000 {
                    println!("line {number}");
                }
                eprint!("no end of a line");
                respond(json!("well"))?;
            }
            "/print" => {
                println!("about it");
                respond(json!("well"))?;
            }
            // It is at work until the file is there.
            "/wait" => {
                println!("waits");
                wait_for_go();
                respond(json!({ "pid": std::process::id() }))?;
            }
            path => {
                let answer = json!({ "path": path, "pid": std::process::id(), "version": env::var("IRIS_UP_VERSION")? });
                respond(answer)?;
            }
        }
    }
}

/// Hears of each event in a thread of its own, as an extension does that is part of a function.
fn extend() -> Result<(), Box<dyn Error>> {
    let wants = json!({ "events": ["INVOKE", "SHUTDOWN"] }).to_string();
    let headers = [
        "lambda-extension-name: watcher",
        "lambda-extension-accept-feature: accountId",
    ];
    let (status, answered, told) = ask("POST", "/2020-01-01/extension/register", &headers, &wants)?;
    assert_eq!(status, 200);
    println!("registered {}", String::from_utf8_lossy(&told));
    let again = ask("POST", "/2020-01-01/extension/register", &headers, &wants)?;
    println!("again {}", again.0);
    let wrong = json!({ "events": ["OTHER"] }).to_string();
    let other = ["lambda-extension-name: other"];
    println!(
        "wrong {}",
        ask("POST", "/2020-01-01/extension/register", &other, &wrong)?.0
    );
    let stranger = ["lambda-extension-identifier: nobody"];
    println!(
        "stranger {}",
        ask("GET", "/2020-01-01/extension/event/next", &stranger, "")?.0
    );
    let id = answered
        .iter()
        .find_map(|line| line.strip_prefix("lambda-extension-identifier:"));
    let id = format!(
        "lambda-extension-identifier: {}",
        id.unwrap_or_default().trim()
    );
    std::thread::spawn(move || {
        loop {
            let next = ask("GET", "/2020-01-01/extension/event/next", &[&id], "");
            let Ok((_, headers, event)) = next else {
                return;
            };
            let event: Value = serde_json::from_slice(&event).unwrap_or_default();
            println!("hears {} of {}", event["eventType"], event["requestId"]);
            let known = |line: &&String| line.starts_with("lambda-extension-event-identifier: ");
            println!("identified {}", headers.iter().filter(known).count());
            if event["requestId"].is_string() && std::path::Path::new("fail").exists() {
                let kind = "lambda-extension-function-error-type: NoDisk";
                let _ = ask(
                    "POST",
                    "/2020-01-01/extension/exit/error",
                    &[&id, kind],
                    "{}",
                );
            }
        }
    });
    Ok(())
}

/// Waits until there is a file `go` in its folder.
fn wait_for_go() {
    while !std::path::Path::new("go").exists() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
}

/// Answers piece by piece: a head, cut within the zeros behind it, a piece, and an end that is none.
fn stream(path: &str, id: &str) -> Result<(), Box<dyn Error>> {
    let host = env::var("AWS_LAMBDA_RUNTIME_API")?;
    let mut socket = TcpStream::connect(&host)?;
    let kind = match path {
        "/stream-without-head" => "application/octet-stream",
        _ => "application/vnd.awslambda.http-integration-response",
    };
    write!(
        socket,
        "POST /2018-06-01/runtime/invocation/{id}/response HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\
         content-type: {kind}\r\nlambda-runtime-function-response-mode: streaming\r\n\
         trailer: Lambda-Runtime-Function-Error-Type\r\ntransfer-encoding: chunked\r\n\r\n"
    )?;
    let mut piece = |data: &[u8]| -> Result<(), Box<dyn Error>> {
        write!(socket, "{:x}\r\n", data.len())?;
        socket.write_all(data)?;
        socket.write_all(b"\r\n")?;
        Ok(())
    };
    if path != "/stream-without-head" {
        piece(br#"{"statusCode": 201}"#)?;
        piece(&[0, 0, 0])?;
        piece(&[0, 0, 0, 0, 0, b'p', b'a'])?;
    }
    piece(b"part")?;
    match path {
        "/stream-and-end" => {
            wait_for_go();
            exit(6)
        }
        "/stream-and-fail" => write!(
            socket,
            "0\r\nLambda-Runtime-Function-Error-Type: NoLuck\r\n\r\n"
        )?,
        // {"errorType": "Own", "stackTrace": ["a"]}
        "/stream-and-fail-with" => write!(
            socket,
            "0\r\nLambda-Runtime-Function-Error-Type: NoLuck\r\n\
             Lambda-Runtime-Function-Error-Body: eyJlcnJvclR5cGUiOiAiT3duIiwgInN0YWNrVHJhY2UiOiBbImEiXX0=\r\n\r\n"
        )?,
        _ => write!(socket, "0\r\n\r\n")?,
    }
    let mut answer = String::new();
    socket.read_to_string(&mut answer)?;
    assert!(answer.starts_with("HTTP/1.1 202 "), "{answer}");
    Ok(())
}

/// Asks the Runtime API, on a connection of its own.
fn call(method: &str, path: &str, body: &str) -> Result<Answer, Box<dyn Error>> {
    ask(method, &format!("/2018-06-01/runtime/{path}"), &[], body)
}
