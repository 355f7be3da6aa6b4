//! Answers of many messages.

use super::answer::milliseconds;
use crate::failure;
use crate::packed::pack;
use crate::suite::conformance_payload::RequestInfo;
use crate::suite::{self, BidiStreamRequest, ConformancePayload, StreamResponseDefinition};
use futures_util::stream;
use iris_core::{IrisError, Stream, Streaming};
use prost::bytes::Bytes;
use std::time::Duration;
use std::vec;

/// What a definition says to answer, from its first message to its error.
pub(super) struct Answers {
    data: vec::IntoIter<Bytes>,
    pause: Duration,
    error: Option<suite::Error>,
    /// What goes with the next message.
    info: Option<RequestInfo>,
}

impl Answers {
    /// The answers, of which the first tells what was seen of the call.
    ///
    /// # Errors
    ///
    /// The definition's own, where it comes before any message.
    pub(super) fn new(
        definition: StreamResponseDefinition,
        seen: RequestInfo,
    ) -> Result<Self, IrisError> {
        match definition.error {
            Some(error) if definition.response_data.is_empty() => {
                Err(failure::asked_for(error, Some(&seen)))
            }
            error => Ok(Answers {
                data: definition.response_data.into_iter(),
                pause: milliseconds(definition.response_delay_ms),
                error,
                info: Some(seen),
            }),
        }
    }

    /// One after the other.
    pub(super) fn stream(self) -> impl Stream<Item = Result<ConformancePayload, IrisError>> + Send {
        stream::unfold(self, |mut answers| async {
            let next = answers.next().await?;
            Some((next, answers))
        })
    }

    async fn next(&mut self) -> Option<Result<ConformancePayload, IrisError>> {
        let Some(data) = self.data.next() else {
            return self
                .error
                .take()
                .map(|error| Err(failure::asked_for(error, None)));
        };
        tokio::time::sleep(self.pause).await;
        Some(Ok(ConformancePayload {
            data,
            request_info: self.info.take(),
        }))
    }
}

/// Answers that wait for a message each, as long as messages come.
pub(super) struct Conversation {
    /// `None` once the caller has sent its last.
    messages: Option<Streaming<BidiStreamRequest>>,
    answers: Answers,
    /// Whether the first message has had its answer.
    begun: bool,
}

impl Conversation {
    /// The answers to the first message, which was read, and to these.
    pub(super) fn new(messages: Streaming<BidiStreamRequest>, answers: Answers) -> Self {
        Conversation {
            messages: Some(messages),
            answers,
            begun: false,
        }
    }

    /// One after the other.
    pub(super) fn stream(self) -> impl Stream<Item = Result<ConformancePayload, IrisError>> + Send {
        stream::unfold(self, |mut conversation| async {
            let next = conversation.next().await?;
            Some((next, conversation))
        })
    }

    async fn next(&mut self) -> Option<Result<ConformancePayload, IrisError>> {
        if std::mem::replace(&mut self.begun, true) {
            match self.listen().await {
                Ok(info) => self.answers.info = info,
                Err(error) => return Some(Err(error)),
            }
        }
        self.answers.next().await
    }

    /// What the next message adds to what was seen.
    async fn listen(&mut self) -> Result<Option<RequestInfo>, IrisError> {
        let Some(messages) = &mut self.messages else {
            return Ok(None);
        };
        let Some(message) = messages.next().await else {
            self.messages = None;
            return Ok(None);
        };
        Ok(Some(RequestInfo {
            requests: vec![pack(&message?)],
            ..RequestInfo::default()
        }))
    }
}
