//! Calls that send a request, read an answer, and send the next.

use super::call::{BIDI_STREAM, prepared};
use super::cancel::Cancel;
use super::requests;
use super::result::{self, Ending};
use crate::suite::{
    BidiStreamRequest, BidiStreamResponse, ClientCompatRequest, ClientResponseResult,
    ConformancePayload,
};
use futures_util::stream;
use iris_client::{Client, Streaming};
use std::future::ready;
use std::pin::pin;
use tokio::sync::mpsc;

/// Holds a conversation to its end, or until it is to be cancelled.
pub(super) async fn hold(
    client: &Client,
    asked: &ClientCompatRequest,
) -> Result<ClientResponseResult, String> {
    let cancel = Cancel::of(asked.cancel.as_ref());
    let messages: Vec<BidiStreamRequest> = requests::all(asked)?;
    let pause = requests::pause(asked);
    // One request waits at most, so that one the server does not want is known to be unsent.
    let (sender, receiver) = mpsc::channel(1);
    let requests = stream::unfold(receiver, |mut receiver| async {
        let message = receiver.recv().await?;
        Some((message, receiver))
    });
    let call = prepared!(client.bidirectional(BIDI_STREAM, requests), asked);
    let mut call = Some(call);
    let mut answers: Option<Answers> = None;

    let mut left = i32::try_from(messages.len()).unwrap_or(i32::MAX);
    for message in messages {
        tokio::time::sleep(pause).await;
        if sender.send(message).await.is_err() {
            break;
        }
        left -= 1;
        if let Some(call) = call.take() {
            match call.await {
                Ok(stream) => answers = Some(Answers::new(stream)),
                Err(error) => return Ok(unsent(result::failed(&error), left)),
            }
        }
        let Some(answers) = &mut answers else {
            break;
        };
        answers.read().await;
        if cancel == Cancel::AfterAnswers(answers.payloads.len()) {
            answers.ending.get_or_insert(Ending::Cancelled);
        }
        if answers.ending.is_some() {
            break;
        }
    }
    let mut answers = match (answers, call) {
        (Some(answers), _) => answers,
        (None, Some(call)) if cancel != Cancel::BeforeClose => {
            drop(sender);
            match call.await {
                Ok(stream) => return Ok(finish(Answers::new(stream), cancel).await),
                Err(error) => return Ok(result::failed(&error)),
            }
        }
        (None, _) => return Ok(result::cancelled()),
    };
    if cancel == Cancel::BeforeClose {
        answers.ending.get_or_insert(Ending::Cancelled);
    }
    drop(sender);
    Ok(unsent(finish(answers, cancel).await, left))
}

fn unsent(result: ClientResponseResult, left: i32) -> ClientResponseResult {
    ClientResponseResult {
        num_unsent_requests: left,
        ..result
    }
}

/// Reads what comes once every request was sent.
async fn finish(mut answers: Answers, cancel: Cancel) -> ClientResponseResult {
    let mut due = pin!(cancel.due(ready(())));
    while answers.ending.is_none() {
        tokio::select! {
            () = &mut due => answers.ending = Some(Ending::Cancelled),
            () = answers.read() => {}
        }
        if cancel == Cancel::AfterAnswers(answers.payloads.len()) {
            answers.ending.get_or_insert(Ending::Cancelled);
        }
    }
    let ending = answers.ending.unwrap_or(Ending::Complete);
    result::of_stream(&answers.stream, answers.payloads, ending)
}

/// The answers so far.
struct Answers {
    stream: Streaming<BidiStreamResponse>,
    payloads: Vec<ConformancePayload>,
    ending: Option<Ending>,
}

impl Answers {
    fn new(stream: Streaming<BidiStreamResponse>) -> Self {
        Answers {
            stream,
            payloads: Vec::new(),
            ending: None,
        }
    }

    /// Reads the next answer, or the end.
    async fn read(&mut self) {
        match self.stream.next().await {
            Some(Ok(response)) => self.payloads.push(response.payload.unwrap_or_default()),
            Some(Err(error)) => self.ending = Some(Ending::Failed(error)),
            None => self.ending = Some(Ending::Complete),
        }
    }
}
