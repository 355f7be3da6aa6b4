//! AWS Lambda's Runtime API, version 2018-06-01, as a runtime asks it
//! (<https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>).

mod address;
mod line;
mod outgoing;

pub(crate) use address::Address;

use crate::answer::{Answer, Form};
use crate::error::{Kind, RunError};
use crate::failure::{BoxError, Failure};
use crate::streamed::{ERROR_BODY, ERROR_TYPE, Streamed};
use bytes::Bytes;
use http::header::{CONTENT_TYPE, TRAILER};
use http::{HeaderMap, HeaderValue, Request, StatusCode};
use line::{Line, Said};
use outgoing::{Outgoing, failed, next, post};

/// The header that tells one giving of an event from another of the same. What comes with it is sent back.
const INVOCATION_ID: &str = "lambda-runtime-invocation-id";

/// What an answer that is too large is called.
const TOO_LARGE: &str = "Function.ResponseSizeTooLarge";

/// Asks for events and answers them, one at a time.
pub(crate) struct Api<'a> {
    address: &'a Address,
    /// The connection, while there is one.
    line: Option<Line>,
}

/// An event that was given.
#[derive(Debug)]
pub(crate) struct Given {
    pub(crate) id: String,
    pub(crate) headers: HeaderMap,
    pub(crate) event: Bytes,
}

impl<'a> Api<'a> {
    pub(crate) fn new(address: &'a Address) -> Self {
        Api {
            address,
            line: None,
        }
    }

    /// Waits for the next event.
    pub(crate) async fn next(&mut self) -> Result<Given, RunError> {
        let doing = "asking for an event";
        let said = self.ask(next).await;
        let said = said.map_err(|source| RunError::new(Kind::Unreachable { doing, source }))?;
        if said.status != StatusCode::OK {
            return Err(said.refusal(doing));
        }
        let id = said.headers.get("lambda-runtime-aws-request-id");
        let id = id.and_then(|id| id.to_str().ok()).map(str::to_owned);
        Ok(Given {
            id: id.ok_or(RunError::new(Kind::NoRequestId))?,
            headers: said.headers,
            event: said.body,
        })
    }

    /// Answers an event.
    pub(crate) async fn answer(
        &mut self,
        given: &Origin,
        outcome: Result<Answer, Failure>,
    ) -> Result<(), RunError> {
        match outcome {
            Ok(Answer(Form::Whole(json))) => self.answer_whole(given, json).await,
            Ok(Answer(Form::Streamed(streamed))) => self.answer_streamed(given, streamed).await,
            Err(failure) => self.fail(given, &failure).await,
        }
    }

    /// Goes over a connection of its own: it cannot be sent twice, so that none will do which may be gone; and where
    /// nobody wants it to its end, the rest of it must not stand in the way of the next event.
    async fn answer_streamed(
        &mut self,
        given: &Origin,
        streamed: Streamed,
    ) -> Result<(), RunError> {
        let content_type = streamed.content_type();
        let body = Outgoing::streamed(streamed.into_body());
        let mut request = given.request("response", body);
        self.address.complete(&mut request);
        let headers = request.headers_mut();
        headers.insert(CONTENT_TYPE, content_type);
        let mode = "lambda-runtime-function-response-mode";
        headers.insert(mode, HeaderValue::from_static("streaming"));
        headers.append(TRAILER, HeaderValue::from_static(ERROR_TYPE));
        headers.append(TRAILER, HeaderValue::from_static(ERROR_BODY));
        let said = async { Line::open(self.address).await?.ask(request).await };
        match said.await {
            Ok(said) => given.settle(&said),
            Err(error) => {
                tracing::warn!("a streamed answer was not taken to its end: {error}");
                Ok(())
            }
        }
    }

    async fn answer_whole(&mut self, given: &Origin, json: Bytes) -> Result<(), RunError> {
        let length = json.len();
        let said = self.ask(|| given.json("response", json.clone())).await;
        match said {
            Ok(said) if said.status == StatusCode::PAYLOAD_TOO_LARGE => {
                let message = format!("the answer has {length} bytes: {}", said.text());
                self.fail(given, &Failure::new(TOO_LARGE, message)).await
            }
            Ok(said) => given.settle(&said),
            // Some that is too large is not even read.
            Err(error) => {
                let message = format!("the answer of {length} bytes was not taken: {error}");
                self.fail(given, &Failure::new("Runtime.AnswerNotTaken", message))
                    .await
            }
        }
    }

    /// Says that an event has no answer.
    async fn fail(&mut self, given: &Origin, failure: &Failure) -> Result<(), RunError> {
        let doing = "telling of a failure";
        let said = self.ask(|| given.failed("error", failure)).await;
        match said {
            Ok(said) => given.settle(&said),
            Err(source) => Err(RunError::new(Kind::Unreachable { doing, source })),
        }
    }

    /// Says that the function does not start.
    pub(crate) async fn fail_to_start(&mut self, failure: &Failure) -> Result<(), RunError> {
        let doing = "telling that the function does not start";
        let said = self.ask(|| failed("init/error", failure)).await;
        match said {
            Ok(said) if said.status.is_success() => Ok(()),
            Ok(said) => Err(said.refusal(doing)),
            Err(source) => Err(RunError::new(Kind::Unreachable { doing, source })),
        }
    }

    /// Asks, and once more over a new connection where the one there was is gone.
    async fn ask(&mut self, request: impl Fn() -> Request<Outgoing>) -> Result<Said, BoxError> {
        let was_open = self.line.is_some();
        match self.send(request()).await {
            Err(_) if was_open => self.send(request()).await,
            said => said,
        }
    }

    async fn send(&mut self, mut request: Request<Outgoing>) -> Result<Said, BoxError> {
        self.address.complete(&mut request);
        // Taken out, so that one that fails in between is not used again.
        let mut line = match self.line.take() {
            Some(line) => line,
            None => Line::open(self.address).await?,
        };
        let said = line.ask(request).await?;
        self.line = Some(line);
        Ok(said)
    }
}

/// Whose answer is sent: what the Runtime API knows an event by.
#[derive(Debug)]
pub(crate) struct Origin {
    id: String,
    invocation: Option<HeaderValue>,
}

impl Origin {
    pub(crate) fn of(given: &Given) -> Self {
        Origin {
            id: given.id.clone(),
            invocation: given.headers.get(INVOCATION_ID).cloned(),
        }
    }

    fn request(&self, what: &str, body: Outgoing) -> Request<Outgoing> {
        self.marked(post(&self.path(what), body))
    }

    fn json(&self, what: &str, json: Bytes) -> Request<Outgoing> {
        let mut request = self.request(what, Outgoing::whole(json));
        let json = HeaderValue::from_static("application/json");
        request.headers_mut().insert(CONTENT_TYPE, json);
        request
    }

    fn failed(&self, what: &str, failure: &Failure) -> Request<Outgoing> {
        self.marked(failed(&self.path(what), failure))
    }

    fn path(&self, what: &str) -> String {
        format!("invocation/{}/{what}", self.id)
    }

    fn marked(&self, mut request: Request<Outgoing>) -> Request<Outgoing> {
        if let Some(invocation) = &self.invocation {
            request
                .headers_mut()
                .insert(INVOCATION_ID, invocation.clone());
        }
        request
    }

    /// What follows from what the Runtime API says of an answer. An event that is not waited for any more concerns
    /// nobody; at a 500 the runtime is to end (Runtime API, "Invocation response").
    fn settle(&self, said: &Said) -> Result<(), RunError> {
        if said.status == StatusCode::INTERNAL_SERVER_ERROR {
            return Err(said.refusal("answering an event"));
        }
        if !said.status.is_success() {
            let (id, status, text) = (&self.id, said.status, said.text());
            tracing::warn!("the answer to {id} was not taken: {status}: {text}");
        }
        Ok(())
    }
}
