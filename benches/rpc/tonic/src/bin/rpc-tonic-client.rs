//! The client of tonic.

use futures_channel::mpsc::{UnboundedSender, unbounded};
use futures_util::{StreamExt, stream};
use prost::Message;
use rpc_peer::client::{self, Caller, Target, Work, right};
use rpc_peer::{Counting, Failure, MESSAGES, RECORDS, TEXT};
use rpc_tonic::messages::bench_client::BenchClient;
use rpc_tonic::messages::{Blob, LogBatch, Text, Wanted};
use std::process::ExitCode;
use std::sync::Arc;
use tonic::Streaming;
use tonic::transport::Channel;

#[global_allocator]
static ALLOCATIONS: Counting = Counting::new();

struct Calls {
    bench: BenchClient<Channel>,
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
type Chat = (UnboundedSender<Text>, Streaming<Text>);

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
            Work::Log => Request::Log(LogBatch::decode(bytes)?),
            Work::Large => Request::Large(Blob::decode(bytes)?),
            Work::Download => Request::Download(Wanted::decode(bytes)?),
            Work::Upload => Request::Upload,
            Work::Chat => Request::Chat,
        })
    }
}

impl Caller for Calls {
    async fn call(&mut self) -> Result<(), Failure> {
        let mut bench = self.bench.clone();
        match &*self.request {
            Request::Echo => right(&bench.echo(text()).await?.get_ref().text.len(), &TEXT),
            Request::Log(batch) => {
                right(&bench.log(batch.clone()).await?.get_ref().count, &RECORDS)
            }
            Request::Large(blob) => right(bench.large(blob.clone()).await?.get_ref(), blob),
            Request::Download(wanted) => {
                let mut texts = bench.download(*wanted).await?.into_inner();
                let mut count = 0;
                while let Some(text) = texts.next().await {
                    right(&text?.text.len(), &TEXT)?;
                    count += 1;
                }
                right(&count, &MESSAGES)
            }
            Request::Upload => {
                let texts = stream::iter(0..MESSAGES).map(|_| text());
                right(
                    &bench.upload(texts).await?.get_ref().count,
                    &(MESSAGES as u64),
                )
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
                        self.chat
                            .insert((sender, bench.chat(receiver).await?.into_inner()))
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
        Ok(Calls {
            bench: BenchClient::connect(format!("http://{}", target.address)).await?,
            request: Arc::new(Request::read(target.work, &target.request)?),
            chat: None,
        })
    })
}
