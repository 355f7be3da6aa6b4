//! A function without anybody between: it is started, and given its events by this program itself.

use crate::Outcome;
use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::process::{Child, Command};
use tokio::sync::{Mutex, mpsc};

/// A function that runs.
pub(crate) struct Direct {
    child: Child,
    events: mpsc::Sender<Bytes>,
    answers: mpsc::Receiver<Bytes>,
}

/// What its Runtime API has in hand.
struct Api {
    events: Mutex<mpsc::Receiver<Bytes>>,
    answers: mpsc::Sender<Bytes>,
}

impl Direct {
    /// Starts it. It may not have asked for an event yet.
    pub(crate) async fn start(function: &Path) -> Outcome<Direct> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?.to_string();
        let (events, taken) = mpsc::channel(1);
        let (answers, given) = mpsc::channel(1);
        let api = Arc::new(Api {
            events: Mutex::new(taken),
            answers,
        });
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let _ = socket.set_nodelay(true);
                let api = api.clone();
                let service = service_fn(move |request| answer(api.clone(), request));
                let connection = hyper::server::conn::http1::Builder::new();
                tokio::spawn(connection.serve_connection(TokioIo::new(socket), service));
            }
        });
        let child = Command::new(function)
            .env("AWS_LAMBDA_RUNTIME_API", address)
            .env("AWS_LAMBDA_FUNCTION_NAME", "function")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        Ok(Direct {
            child,
            events,
            answers: given,
        })
    }

    /// Gives it an event, and waits for its answer.
    pub(crate) async fn ask(&mut self, event: Bytes) -> Outcome<Bytes> {
        self.events.send(event).await?;
        Ok(self.answers.recv().await.ok_or("the function has ended")?)
    }

    pub(crate) async fn stop(mut self) -> Outcome {
        Ok(self.child.kill().await?)
    }
}

async fn answer(api: Arc<Api>, request: Request<Incoming>) -> Outcome<Response<Full<Bytes>>> {
    if request.method() == Method::GET {
        let event = api
            .events
            .lock()
            .await
            .recv()
            .await
            .ok_or("nothing comes any more")?;
        let response = Response::builder()
            .header(
                "lambda-runtime-aws-request-id",
                "8476a536-e9f4-11e8-9739-2dfe598c3fcd",
            )
            .header("lambda-runtime-deadline-ms", "32503680000000")
            .header(
                "lambda-runtime-invoked-function-arn",
                "arn:aws:lambda:us-east-1:123456789012:function:function",
            )
            .body(Full::new(event))?;
        return Ok(response);
    }
    let answer = request.into_body().collect().await?.to_bytes();
    api.answers.send(answer).await?;
    Ok(Response::builder()
        .status(StatusCode::ACCEPTED)
        .body(Full::default())?)
}
