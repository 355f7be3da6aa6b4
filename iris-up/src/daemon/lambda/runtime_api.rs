//! AWS Lambda's Runtime API, version 2018-06-01, for one process
//! (<https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>).

use super::invocation::{Failed, Reply};
use super::streamed::{self, Streamed};
use super::worker::{Refused, Worker};
use crate::daemon::process::Launch;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// What every path begins with.
const VERSION: &str = "/2018-06-01/runtime/";

/// The most bytes that an answer has: 6 MiB and 100 bytes.
const LARGEST: usize = 6 * 1024 * 1024 + 100;

/// The account that functions are told they belong to, which is none.
const ACCOUNT: &str = "000000000000";

/// Where functions are told they run. It has to be one that Amazon's libraries know.
const REGION: &str = "us-east-1";

/// Answers a process's questions for as long as this exists.
pub(super) struct Serving {
    _accepting: JoinSet<()>,
}

/// What a function is told of itself.
#[derive(Debug, Clone)]
pub(super) struct Function {
    name: String,
    version: u64,
    folder: String,
    /// In bytes.
    memory: u64,
    time: Duration,
}

impl Function {
    /// A function that has so long for an event.
    pub(super) fn new(launch: &Launch, time: Duration) -> Function {
        Function {
            name: launch.name.to_string(),
            version: launch.version,
            folder: launch.cell.folder().display().to_string(),
            memory: launch.cell.terms().memory,
            time,
        }
    }

    fn arn(&self) -> String {
        let name = &self.name;
        format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}")
    }

    /// What its process has in its environment ("Defined runtime environment variables"). There are no credentials.
    pub(super) fn environment(&self, address: SocketAddr) -> [(&'static str, String); 14] {
        let region = || REGION.to_owned();
        [
            ("AWS_LAMBDA_RUNTIME_API", address.to_string()),
            ("_HANDLER", self.name.clone()),
            ("AWS_LAMBDA_FUNCTION_NAME", self.name.clone()),
            ("AWS_LAMBDA_FUNCTION_VERSION", self.version.to_string()),
            (
                "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
                (self.memory >> 20).to_string(),
            ),
            (
                "AWS_LAMBDA_LOG_GROUP_NAME",
                format!("/aws/lambda/{}", self.name),
            ),
            ("AWS_LAMBDA_LOG_STREAM_NAME", address.port().to_string()),
            ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand".to_owned()),
            ("AWS_EXECUTION_ENV", "AWS_Lambda_provided.al2023".to_owned()),
            ("AWS_REGION", region()),
            ("AWS_DEFAULT_REGION", region()),
            ("LAMBDA_TASK_ROOT", self.folder.clone()),
            ("LAMBDA_RUNTIME_DIR", self.folder.clone()),
            ("TZ", ":UTC".to_owned()),
        ]
    }
}

/// Answers a process that asks there.
pub(super) fn serve(listener: TcpListener, worker: Arc<Worker>, function: Function) -> Serving {
    let mut accepting = JoinSet::new();
    accepting.spawn(async move {
        let mut connections = JoinSet::new();
        while let Ok((socket, _)) = listener.accept().await {
            while connections.try_join_next().is_some() {}
            let _ = socket.set_nodelay(true);
            let (worker, function) = (worker.clone(), function.clone());
            let service = service_fn(move |request| {
                let (worker, function) = (worker.clone(), function.clone());
                async move { Ok::<_, Infallible>(answer(request, &worker, &function).await) }
            });
            let connection = hyper::server::conn::http1::Builder::new();
            let connection = connection.serve_connection(TokioIo::new(socket), service);
            connections.spawn(async {
                // A process that goes away is noticed by its end.
                let _ = connection.await;
            });
        }
    });
    Serving {
        _accepting: accepting,
    }
}

async fn answer(
    request: Request<Incoming>,
    worker: &Worker,
    function: &Function,
) -> Response<Full<Bytes>> {
    let path = request.uri().path().strip_prefix(VERSION);
    let parts: Vec<&str> = path.unwrap_or_default().split('/').collect();
    match (request.method().clone(), &parts[..]) {
        (Method::GET, ["invocation", "next"]) => next(worker, function).await,
        (Method::POST, ["invocation", id, "response"]) => {
            let id = (*id).to_owned();
            if is_streamed(request.headers()) {
                return stream(&id, request, worker).await;
            }
            match body(request).await {
                Ok(payload) => accepted(worker.answer(&id, Ok(Reply::Whole(payload)))),
                Err(refused) => *refused,
            }
        }
        (Method::POST, ["invocation", id, "error"]) => {
            let id = (*id).to_owned();
            match raised(request).await {
                Ok(failed) => accepted(worker.answer(&id, Err(failed))),
                Err(refused) => *refused,
            }
        }
        (Method::POST, ["init", "error"]) => match raised(request).await {
            Ok(failed) => {
                worker.fail_to_start(failed.to_string());
                accepted(Ok(()))
            }
            Err(refused) => *refused,
        },
        _ => problem(
            StatusCode::NOT_FOUND,
            "NotFound",
            "there is no such operation",
        ),
    }
}

/// The next event, with what is to be known of it.
async fn next(worker: &Worker, function: &Function) -> Response<Full<Bytes>> {
    let (id, event) = match worker.next(function.time).await {
        Ok(given) => given,
        Err(refused) => return refusal(&refused),
    };
    let deadline = SystemTime::now() + function.time;
    let deadline = deadline.duration_since(UNIX_EPOCH).unwrap_or_default();
    let mut response = json(StatusCode::OK, event);
    let headers = response.headers_mut();
    for (name, value) in [
        ("lambda-runtime-aws-request-id", id.clone()),
        (
            "lambda-runtime-deadline-ms",
            deadline.as_millis().to_string(),
        ),
        ("lambda-runtime-invoked-function-arn", function.arn()),
        ("lambda-runtime-trace-id", trace(&id, deadline)),
    ] {
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(name, value);
        }
    }
    response
}

/// A trace of its own, which nobody follows (X-Ray, "Tracing header").
fn trace(id: &str, now: Duration) -> String {
    let digits: String = id.split('-').collect();
    let (seconds, rest) = (now.as_secs(), &digits[..24]);
    format!("Root=1-{seconds:08x}-{rest};Sampled=0")
}

/// Whether an answer comes piece by piece.
fn is_streamed(headers: &HeaderMap) -> bool {
    let mode = headers.get("lambda-runtime-function-response-mode");
    mode.is_some_and(|mode| mode.as_bytes().eq_ignore_ascii_case(b"streaming"))
}

/// Hands an answer on as it comes, and is done when it has been read.
async fn stream(id: &str, request: Request<Incoming>, worker: &Worker) -> Response<Full<Bytes>> {
    let kind = request.headers().get(CONTENT_TYPE);
    let has_head = kind.is_some_and(|kind| kind.as_bytes() == streamed::HTTP.as_bytes());
    let (streamed, read) = Streamed::new(has_head, request.into_body());
    if let Err(refused) = worker.begin_to_answer(id, Ok(Reply::Streamed(streamed))) {
        return refusal(&refused);
    }
    // It says nothing: it is dropped.
    let _ = read.await;
    worker.end_of_answer(id);
    accepted(Ok(()))
}

/// The error that a process tells of: `{"errorMessage": "..", "errorType": ".."}`.
async fn raised(request: Request<Incoming>) -> Result<Failed, Box<Response<Full<Bytes>>>> {
    let named = request
        .headers()
        .get("lambda-runtime-function-error-type")
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned);
    let payload = body(request).await?;
    let told: serde_json::Value = serde_json::from_slice(&payload).unwrap_or_default();
    let text = |name: &str| told[name].as_str().map(str::to_owned);
    Ok(Failed::Raised {
        kind: text("errorType")
            .or(named)
            .unwrap_or_else(|| "Unknown".to_owned()),
        message: text("errorMessage")
            .unwrap_or_else(|| String::from_utf8_lossy(&payload).into_owned()),
    })
}

async fn body(request: Request<Incoming>) -> Result<Bytes, Box<Response<Full<Bytes>>>> {
    match Limited::new(request.into_body(), LARGEST).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(Box::new(problem(
            StatusCode::PAYLOAD_TOO_LARGE,
            "RequestEntityTooLarge",
            &format!("an answer has at most {LARGEST} bytes"),
        ))),
        Err(error) => Err(Box::new(problem(
            StatusCode::BAD_REQUEST,
            "InvalidRequest",
            &error.to_string(),
        ))),
    }
}

fn accepted(taken: Result<(), Refused>) -> Response<Full<Bytes>> {
    match taken {
        Ok(()) => json(
            StatusCode::ACCEPTED,
            Bytes::from_static(br#"{"status":"OK"}"#),
        ),
        Err(refused) => refusal(&refused),
    }
}

fn refusal(refused: &Refused) -> Response<Full<Bytes>> {
    match refused {
        Refused::UnknownId => problem(
            StatusCode::BAD_REQUEST,
            "InvalidRequestID",
            "this process has no event of this id",
        ),
        Refused::Busy => problem(
            StatusCode::FORBIDDEN,
            "InvalidStateTransition",
            "this process has an event that it has not answered",
        ),
        Refused::Retired => problem(
            StatusCode::FORBIDDEN,
            "InvalidStateTransition",
            "this process gets no more events",
        ),
    }
}

fn problem(status: StatusCode, kind: &str, message: &str) -> Response<Full<Bytes>> {
    let told = serde_json::json!({ "errorType": kind, "errorMessage": message });
    json(status, told.to_string().into())
}

fn json(status: StatusCode, body: Bytes) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    response
}
