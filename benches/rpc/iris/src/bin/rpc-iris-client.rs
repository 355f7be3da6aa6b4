//! The client of Iris.

use futures_channel::mpsc::{UnboundedSender, unbounded};
use futures_util::{StreamExt, stream};
use rpc_iris_client::bench::Bench;
use rpc_iris_client::iris_client::{Client, Format, Message, Protocol, Streaming};
use rpc_iris_client::messages::bench::v1::{Blob, LogBatch, Text, Wanted};
use rpc_iris_client::{ErrorCode, Remotes};
use rpc_peer::client::{self, Caller, Target, Work, right};
use rpc_peer::{Counting, Failure, MESSAGES, RECORDS, TEXT};
use std::process::ExitCode;
use std::sync::Arc;

#[global_allocator]
static ALLOCATIONS: Counting = Counting::new();

struct Calls {
    bench: Bench,
    request: Arc<Request>,
    chat: Option<Chat>,
}

enum Request {
    Echo,
    Log(LogBatch),
    Large(Blob),
    Download(Wanted),
    Upload,
    Chat,
}

/// A stream of messages to and fro.
type Chat = (UnboundedSender<Text>, Streaming<Text, ErrorCode>);

impl Clone for Calls {
    /// Streams are each caller's own.
    fn clone(&self) -> Self {
        Calls {
            bench: self.bench.clone(),
            request: self.request.clone(),
            chat: None,
        }
    }
}

impl Request {
    fn read(work: Work, bytes: &[u8]) -> Result<Self, Failure> {
        Ok(match work {
            Work::Echo => Request::Echo,
            Work::Log => Request::Log(LogBatch::decode(Format::Proto, bytes.to_vec().into())?),
            Work::Large => Request::Large(Blob::decode(Format::Proto, bytes.to_vec().into())?),
            Work::Download => {
                Request::Download(Wanted::decode(Format::Proto, bytes.to_vec().into())?)
            }
            Work::Upload => Request::Upload,
            Work::Chat => Request::Chat,
        })
    }
}

impl Caller for Calls {
    async fn call(&mut self) -> Result<(), Failure> {
        let bench = &self.bench;
        match &*self.request {
            Request::Echo => right(&bench.echo(text()).await?.text.len(), &TEXT),
            Request::Log(batch) => right(&bench.log(batch.clone()).await?.count, &RECORDS),
            Request::Large(blob) => right(&bench.large(blob.clone()).await?, blob),
            Request::Download(wanted) => {
                let mut texts = bench.download(*wanted).await?;
                let mut count = 0;
                while let Some(text) = texts.next().await {
                    right(&text?.text.len(), &TEXT)?;
                    count += 1;
                }
                right(&count, &MESSAGES)
            }
            Request::Upload => {
                let texts = stream::iter(0..MESSAGES).map(|_| text());
                right(&bench.upload(texts).await?.count, &(MESSAGES as u64))
            }
            Request::Chat => {
                let (_, texts) = match &mut self.chat {
                    Some(chat) => {
                        chat.0.unbounded_send(text())?;
                        chat
                    }
                    None => {
                        let (sender, receiver) = unbounded();
                        // A server may wait for a message before it answers at all.
                        sender.unbounded_send(text())?;
                        self.chat.insert((sender, bench.chat(receiver).await?))
                    }
                };
                let answer = texts.next().await.ok_or("the stream ended early")??;
                right(&answer.text.len(), &TEXT)
            }
        }
    }
}

fn text() -> Text {
    Text {
        text: "x".repeat(TEXT),
    }
}

fn main() -> ExitCode {
    client::run(&ALLOCATIONS, async |target: Target| {
        // Over HTTP/2 in Connect too, as all are.
        let builder = Client::builder(&format!("http://{}", target.address));
        let builder = match target.wire.starts_with("grpc") {
            true => builder.protocol(Protocol::Grpc),
            false => builder.http2(),
        };
        let builder = match target.wire.ends_with("json") {
            true => builder.format(Format::Json),
            false => builder,
        };
        Ok(Calls {
            bench: Remotes::new(builder.build()?).bench(),
            request: Arc::new(Request::read(target.work, &target.request)?),
            chat: None,
        })
    })
}
