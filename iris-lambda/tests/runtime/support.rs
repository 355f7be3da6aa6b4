//! A Runtime API as AWS describes it
//! (<https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>), and executables that ask it for events.

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use std::convert::Infallible;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::process::{Child, Command};
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinSet;

/// Whatever has not come to pass after so long does not. Far more than it takes on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(60);

/// The most bytes of an answer that is not streamed.
const LARGEST: usize = 6 * 1024 * 1024 + 100;

/// An event to be given.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    id: String,
    headers: Vec<(&'static str, String)>,
    payload: Bytes,
}

impl Event {
    pub(crate) fn new(id: &str, payload: impl Into<Bytes>) -> Event {
        Event {
            id: id.to_owned(),
            headers: Vec::new(),
            payload: payload.into(),
        }
    }

    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Event {
        self.headers.push((name, value.to_owned()));
        self
    }
}

/// What a runtime said.
#[derive(Debug)]
pub(crate) struct Said {
    /// Behind `/2018-06-01/runtime/`.
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) trailers: Option<HeaderMap>,
}

impl Said {
    pub(crate) fn json(&self) -> Value {
        let text = String::from_utf8_lossy(&self.body);
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {text}"))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }
}

/// The other end of a runtime.
pub(crate) struct RuntimeApi {
    pub(crate) address: String,
    give: mpsc::Sender<Event>,
    said: mpsc::Receiver<Said>,
    pieces: mpsc::Receiver<Bytes>,
    _serving: JoinSet<()>,
}

#[derive(Clone)]
struct Ends {
    events: Arc<Mutex<mpsc::Receiver<Event>>>,
    said: mpsc::Sender<Said>,
    pieces: mpsc::Sender<Bytes>,
}

impl RuntimeApi {
    pub(crate) async fn start() -> RuntimeApi {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (give, events) = mpsc::channel(10_000);
        let (tell, said) = mpsc::channel(10_000);
        let (hand, pieces) = mpsc::channel(10_000);
        let ends = Ends {
            events: Arc::new(Mutex::new(events)),
            said: tell,
            pieces: hand,
        };
        let mut serving = JoinSet::new();
        serving.spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                let (socket, _) = listener.accept().await.unwrap();
                socket.set_nodelay(true).unwrap();
                let ends = ends.clone();
                let service = service_fn(move |request| {
                    let ends = ends.clone();
                    async move { Ok::<_, Infallible>(answer(request, ends).await) }
                });
                let connection = hyper::server::conn::http1::Builder::new();
                let connection = connection.serve_connection(TokioIo::new(socket), service);
                connections.spawn(async { drop(connection.await) });
            }
        });
        RuntimeApi {
            address,
            give,
            said,
            pieces,
            _serving: serving,
        }
    }

    pub(crate) async fn give(&self, event: Event) {
        self.give.send(event).await.unwrap();
    }

    /// What a runtime says next.
    pub(crate) async fn said(&mut self) -> Said {
        in_time("something is said", self.said.recv())
            .await
            .unwrap()
    }

    /// The answer to an event that is given.
    pub(crate) async fn ask(&mut self, event: Event) -> Said {
        self.give(event).await;
        self.said().await
    }

    /// The next piece of a streamed answer.
    pub(crate) async fn piece(&mut self) -> Bytes {
        in_time("a piece", self.pieces.recv()).await.unwrap()
    }

    /// An example that is given the events, for a handler.
    pub(crate) fn run(&self, example: &str, handler: &str) -> Process {
        self.run_with(example, |command| {
            command.env("_HANDLER", handler);
        })
    }

    pub(crate) fn run_with(&self, example: &str, set: impl FnOnce(&mut Command)) -> Process {
        let mut command = command(example);
        command.env("AWS_LAMBDA_RUNTIME_API", &self.address);
        set(&mut command);
        Process(command.spawn().unwrap())
    }
}

async fn answer(request: Request<Incoming>, ends: Ends) -> Response<Full<Bytes>> {
    let (parts, mut body) = request.into_parts();
    let path = parts.uri.path().strip_prefix("/2018-06-01/runtime/");
    let path = path.unwrap_or_else(|| panic!("{}", parts.uri)).to_owned();
    if path == "invocation/next" {
        assert_eq!(parts.method, Method::GET);
        let event = ends.events.lock().await.recv().await;
        // The test is over.
        let Some(event) = event else {
            return std::future::pending().await;
        };
        let mut response = Response::builder()
            .header("lambda-runtime-aws-request-id", event.id)
            .header("content-type", "application/json");
        for (name, value) in event.headers {
            response = response.header(name, value);
        }
        return response.body(Full::new(event.payload)).unwrap();
    }
    assert_eq!(parts.method, Method::POST);
    let streams = parts
        .headers
        .contains_key("lambda-runtime-function-response-mode");
    let (mut read, mut trailers) = (Vec::new(), None);
    while let Some(frame) = body.frame().await {
        // A runtime that ended within it.
        let Ok(frame) = frame else { break };
        match frame.into_data() {
            Ok(data) => {
                read.extend_from_slice(&data);
                if streams {
                    let _ = ends.pieces.send(data).await;
                }
            }
            Err(frame) => trailers = frame.into_trailers().ok(),
        }
        if !streams && read.len() > LARGEST {
            let status = StatusCode::PAYLOAD_TOO_LARGE;
            return plain(status, r#"{"errorType":"RequestEntityTooLarge"}"#);
        }
    }
    let status = match path.split('/').nth(1) {
        Some("late") => StatusCode::GONE,
        Some("broken") => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::ACCEPTED,
    };
    let said = Said {
        path,
        headers: parts.headers,
        body: read.into(),
        trailers,
    };
    let _ = ends.said.send(said).await;
    plain(status, r#"{"status":"OK"}"#)
}

fn plain(status: StatusCode, text: &'static str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from_static(text.as_bytes())));
    *response.status_mut() = status;
    response
}

/// An example that runs, until this is dropped.
pub(crate) struct Process(pub(crate) Child);

impl Process {
    /// How it ended, and what it printed for people.
    pub(crate) async fn ended(self) -> (ExitStatus, String) {
        let output = in_time("its end", self.0.wait_with_output()).await.unwrap();
        (output.status, String::from_utf8(output.stderr).unwrap())
    }

    pub(crate) fn runs(&mut self) -> bool {
        self.0.try_wait().unwrap().is_none()
    }
}

/// An example, in an environment with nothing in it.
pub(crate) fn command(example: &str) -> Command {
    let mut command = Command::new(program(example));
    command
        .env_clear()
        .kill_on_drop(true)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn program(example: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let folder = test.parent().and_then(|deps| deps.parent()).unwrap();
    let program = folder.join("examples").join(example);
    let built = program.exists();
    assert!(
        built,
        "{} is built by `cargo test -p iris-lambda`, without `--test`",
        program.display()
    );
    program
}

pub(crate) async fn in_time<F: Future>(what: &str, future: F) -> F::Output {
    let timed = tokio::time::timeout(PATIENCE, future).await;
    timed.unwrap_or_else(|_| panic!("{what} does not come"))
}
