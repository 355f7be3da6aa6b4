//! AWS Lambda's Runtime API, version 2018-06-01, for one process
//! (<https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>).

mod extensions;
mod function;
mod problem;

pub(super) use function::Function;

use super::invocation::{Failed, Raised, Reply};
use super::streamed::{self, Streamed};
use super::worker::{Claim, Worker};
use crate::daemon::access::local;
use crate::daemon::event::since_1970;
use bytes::Bytes;
use extensions::Extensions;
use http::header::{CONTENT_TYPE, HOST, HeaderName, ORIGIN};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use problem::Problem;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

/// What every path begins with.
const VERSION: &str = "/2018-06-01/runtime/";

/// Where extensions ask for what is printed: the Telemetry API, and the Logs API that came before.
const TELEMETRY: [&str; 2] = ["/2022-07-01/telemetry", "/2020-08-15/logs"];

/// The most bytes that an answer has: 6 MiB and 100 bytes.
const LARGEST: usize = 6 * 1024 * 1024 + 100;

/// The most bytes that a process says of itself, while it starts.
const LARGEST_OF_START: usize = 256 * 1024;

/// How many connections a process has at most, and how many more for each event that it is given at a time. Those that it has too many
/// are closed: what it opens is open in the daemon, too, which is there for others.
const CONNECTIONS: (usize, usize) = (64, 4);

/// What is to be known of an event.
static REQUEST_ID: HeaderName = HeaderName::from_static("lambda-runtime-aws-request-id");
static DEADLINE: HeaderName = HeaderName::from_static("lambda-runtime-deadline-ms");
static FUNCTION_ARN: HeaderName = HeaderName::from_static("lambda-runtime-invoked-function-arn");
static TRACE_ID: HeaderName = HeaderName::from_static("lambda-runtime-trace-id");
static CLIENT_CONTEXT: HeaderName = HeaderName::from_static("lambda-runtime-client-context");

/// Between two attempts to take a connection that failed.
const PAUSE: Duration = Duration::from_millis(100);

/// What is answered, or why nothing is.
type Answer = Result<Response<Full<Bytes>>, Problem>;

/// Takes a process's questions for as long as this exists.
pub(super) struct Serving {
    _accepting: JoinSet<()>,
    extensions: Arc<Extensions>,
}

impl Serving {
    /// Tells extensions within the function's process that it is about to be ended, and why: `spindown`, `timeout` or
    /// `failure`. They have a moment for that.
    pub(super) async fn tell_within(&self, reason: &str) {
        self.extensions.tell_within(reason).await;
    }

    /// The same of those beside it, whose end is up to them. Gives the names of those that want to hear of it.
    pub(super) fn tell_beside(&self, reason: &str) -> Vec<String> {
        self.extensions.tell_beside(reason)
    }

    /// Waits until all those have registered that run beside the function.
    pub(super) async fn all_registered(&self) {
        self.extensions.all_registered().await;
    }

    /// One of them that has not.
    pub(super) fn not_registered(&self) -> Option<String> {
        self.extensions.not_registered()
    }
}

/// Answers processes that ask there: a function, and extensions of these names beside it.
pub(super) fn serve(
    listener: TcpListener,
    worker: Arc<Worker>,
    function: Function,
    beside: Vec<String>,
) -> Serving {
    let mut accepting = JoinSet::new();
    let most = CONNECTIONS.0 + CONNECTIONS.1 * function.concurrency;
    let room = Arc::new(Semaphore::new(most));
    let address = listener.local_addr().map(|address| address.to_string());
    let address: Arc<str> = address.unwrap_or_default().into();
    let extensions = Arc::new(Extensions::new(beside));
    let asked = extensions.clone();
    accepting.spawn(async move {
        loop {
            let (socket, peer) = match listener.accept().await {
                Ok(accepted) => accepted,
                // As where too many files are open. It may be better in a while.
                Err(error) => {
                    tracing::warn!(%error, "a function's question is not heard");
                    sleep(PAUSE).await;
                    continue;
                }
            };
            let Ok(place) = room.clone().try_acquire_owned() else {
                tracing::warn!(
                    app = function.name,
                    most,
                    "a function has too many connections"
                );
                continue;
            };
            if !is_its_own(&socket, peer, &function) {
                tracing::warn!(%peer, app = function.name, "somebody else asked for a function's events");
                continue;
            }
            let _ = socket.set_nodelay(true);
            let (worker, function) = (worker.clone(), function.clone());
            let (asked, address) = (asked.clone(), address.clone());
            let service = service_fn(move |request| {
                let (worker, function) = (worker.clone(), function.clone());
                let (asked, address) = (asked.clone(), address.clone());
                async move {
                    if is_of_a_page(&request, &address) {
                        return Ok::<_, Infallible>(Problem::OfAPage.response());
                    }
                    Ok(answer(request, &worker, &function, &asked).await)
                }
            });
            let connection = hyper::server::conn::http1::Builder::new();
            let connection = connection.serve_connection(TokioIo::new(socket), service);
            // It ends with the process, and not before all is read that came.
            tokio::spawn(async move {
                let _place = place;
                // A process that goes away is noticed by its end.
                let _ = connection.await;
            });
        }
    });
    Serving {
        _accepting: accepting,
        extensions,
    }
}

/// Whether it is the function that asks, as far as its processes have a user of their own.
fn is_its_own(socket: &TcpStream, peer: SocketAddr, function: &Function) -> bool {
    let Some(user) = function.user else {
        return true;
    };
    let own = socket.local_addr();
    own.is_ok_and(|own| local::user(peer, own) == Some(user))
}

/// Whether a page in a browser asks, which may reach what its user reaches: also one whose name was made to lead here.
fn is_of_a_page<B>(request: &Request<B>, address: &str) -> bool {
    let headers = request.headers();
    let mut hosts = headers.get_all(HOST).iter();
    let meant = hosts.all(|host| host.as_bytes() == address.as_bytes());
    !meant || headers.contains_key(ORIGIN) || headers.contains_key("sec-fetch-site")
}

async fn answer(
    request: Request<Incoming>,
    worker: &Worker,
    function: &Function,
    extensions: &Extensions,
) -> Response<Full<Bytes>> {
    let path = request.uri().path().to_owned();
    if TELEMETRY.contains(&path.as_str()) {
        return not_supported();
    }
    if let Some(path) = path.strip_prefix(extensions::VERSION) {
        let answered = extensions.answer(path, request, worker, function).await;
        return answered.unwrap_or_else(|problem| problem.response());
    }
    let parts: Vec<&str> = path
        .strip_prefix(VERSION)
        .unwrap_or_default()
        .split('/')
        .collect();
    let answered = match (request.method(), &parts[..]) {
        (&Method::GET, ["invocation", "next"]) => next(worker, function, extensions).await,
        (&Method::POST, ["invocation", id, "response"]) => response(id, request, worker).await,
        (&Method::POST, ["invocation", id, "error"]) => error(id, request, worker).await,
        (&Method::POST, ["init", "error"]) => init_error(request, worker).await,
        _ => Err(Problem::NoOperation),
    };
    answered.unwrap_or_else(|problem| problem.response())
}

/// The next event, with what is to be known of it.
async fn next(worker: &Worker, function: &Function, extensions: &Extensions) -> Answer {
    // What the last event was to them has to be done.
    extensions.all_wait().await;
    let (event, until) = worker.next(function.time).await?;
    let deadline = SystemTime::now() + until.saturating_duration_since(Instant::now());
    extensions.tell_of_event(&event, deadline, function);
    let mut response = json(StatusCode::OK, event.payload);
    let headers = response.headers_mut();
    let deadline = since_1970(deadline).as_millis().to_string();
    let arn = function.arn(event.qualifier.as_deref());
    for (name, value) in [
        (&REQUEST_ID, Some(event.id)),
        (&DEADLINE, Some(deadline)),
        (&FUNCTION_ARN, Some(arn)),
        (&TRACE_ID, Some(event.trace)),
        (&CLIENT_CONTEXT, event.client_context),
    ] {
        if let Some(Ok(value)) = value.map(HeaderValue::try_from) {
            headers.insert(name, value);
        }
    }
    Ok(response)
}

/// Takes what the function answers.
async fn response(id: &str, request: Request<Incoming>, worker: &Worker) -> Answer {
    // What nobody waits for is not read, nor anything twice.
    let claim = worker.claim(id)?;
    if is_streamed(request.headers())? {
        return stream(claim, request).await;
    }
    let body = worker.read(body(request, LARGEST)).await;
    // What it prints from now on may be about the next.
    worker.tag.caught_up().await;
    match body {
        Ok(payload) => claim.answer(Ok(Reply::Whole(payload)))?,
        Err(problem) => {
            // The function has answered: its caller is told of it, and the next event may come.
            claim.answer(Err(problem.failed()))?;
            return Err(problem);
        }
    }
    Ok(accepted())
}

/// Takes the error that the function raises.
async fn error(id: &str, request: Request<Incoming>, worker: &Worker) -> Answer {
    let claim = worker.claim(id)?;
    let raised = worker.read(raised(request, LARGEST)).await;
    worker.tag.caught_up().await;
    let failed = match raised {
        Ok(raised) => Failed::Raised(raised),
        Err(problem) => {
            claim.answer(Err(problem.failed()))?;
            return Err(problem);
        }
    };
    claim.answer(Err(failed))?;
    Ok(accepted())
}

/// The function cannot start.
async fn init_error(request: Request<Incoming>, worker: &Worker) -> Answer {
    worker.may_fail_to_start()?;
    let raised = raised(request, LARGEST_OF_START).await?;
    worker.fail_to_start(raised)?;
    Ok(accepted())
}

/// Whether an answer comes piece by piece. Amazon's runtime for Go says so by the content type alone.
fn is_streamed(headers: &HeaderMap) -> Result<bool, Problem> {
    match headers.get("lambda-runtime-function-response-mode") {
        None => Ok(has_head(headers)),
        Some(mode) if mode.as_bytes().eq_ignore_ascii_case(b"streaming") => Ok(true),
        Some(_) => Err(Problem::UnknownMode),
    }
}

/// Whether it begins with a head.
fn has_head(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes() == streamed::HTTP.as_bytes())
}

/// Hands an answer on as it comes, and is done when it has been read.
async fn stream(claim: Claim<'_>, request: Request<Incoming>) -> Answer {
    let has_head = has_head(request.headers());
    let (streamed, read) = Streamed::new(has_head, request.into_body());
    claim.begin_to_answer(Ok(Reply::Streamed(streamed)))?;
    // It says nothing: it is dropped.
    let _ = read.await;
    claim.end_of_answer();
    Ok(accepted())
}

/// The error that a process tells of: `{"errorMessage": "..", "errorType": ".."}`.
async fn raised(request: Request<Incoming>, most: usize) -> Result<Raised, Problem> {
    let named = request
        .headers()
        .get("lambda-runtime-function-error-type")
        .and_then(|value| value.to_str().ok())
        .filter(|named| !named.is_empty())
        .map(str::to_owned);
    Ok(Raised::of(body(request, most).await?, named))
}

async fn body(request: Request<Incoming>, most: usize) -> Result<Bytes, Problem> {
    match Limited::new(request.into_body(), most).collect().await {
        Ok(collected) => match collected.trailers().and_then(streamed::failure) {
            Some(failed) => Err(Problem::BrokenOff(failed.to_string())),
            None => Ok(collected.to_bytes()),
        },
        Err(error) if error.is::<LengthLimitError>() => Err(Problem::TooLarge(most)),
        Err(error) => Err(Problem::BrokenOff(error.to_string())),
    }
}

/// What is printed is in the app's log, and sent to nobody. An extension that asks for it goes on, as it does with Amazon's own emulator.
fn not_supported() -> Response<Full<Bytes>> {
    let told =
        r#"{"errorType":"Telemetry.NotSupported","errorMessage":"Telemetry API is not supported"}"#;
    json(StatusCode::ACCEPTED, Bytes::from_static(told.as_bytes()))
}

fn accepted() -> Response<Full<Bytes>> {
    json(
        StatusCode::ACCEPTED,
        Bytes::from_static(br#"{"status":"OK"}"#),
    )
}

fn json(status: StatusCode, body: Bytes) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    response
}
