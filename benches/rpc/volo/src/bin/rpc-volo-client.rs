//! The client of volo-grpc.

use futures_channel::mpsc::{UnboundedSender, unbounded};
use futures_util::{StreamExt, stream};
use pilota::FastStr;
use pilota::pb::Message;
use rpc_peer::client::{self, Caller, Target, Work, right};
use rpc_peer::{Counting, Failure, MESSAGES, RECORDS, TEXT};
use rpc_volo::messages::{BenchClient, BenchClientBuilder, Blob, LogBatch, Text, Wanted};
use std::net::SocketAddr;
use std::pin::pin;
use std::process::ExitCode;
use std::sync::Arc;
use volo_grpc::{BoxStream, Status};

#[global_allocator]
static ALLOCATIONS: Counting = Counting::new();

struct Calls {
    /// Lives as long as the program, since streams borrow it.
    bench: &'static BenchClient,
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
type Chat = (
    UnboundedSender<Text>,
    BoxStream<'static, Result<Text, Status>>,
);

impl Clone for Calls {
    /// Streams are each caller's own.
    fn clone(&self) -> Self {
        Calls {
            bench: self.bench,
            request: self.request.clone(),
            chat: None,
        }
    }
}

impl Request {
    fn read(work: Work, bytes: &[u8]) -> Result<Self, Failure> {
        Ok(match work {
            Work::Echo => Request::Echo,
            Work::Log => Request::Log(LogBatch::decode(bytes.to_vec().into())?),
            Work::Large => Request::Large(Blob::decode(bytes.to_vec().into())?),
            Work::Download => Request::Download(Wanted::decode(bytes.to_vec().into())?),
            Work::Upload => Request::Upload,
            Work::Chat => Request::Chat,
        })
    }
}

impl Caller for Calls {
    async fn call(&mut self) -> Result<(), Failure> {
        let bench = self.bench;
        match &*self.request {
            Request::Echo => right(&bench.echo(text()).await?.get_ref().text.len(), &TEXT),
            Request::Log(batch) => {
                right(&bench.log(batch.clone()).await?.get_ref().count, &RECORDS)
            }
            Request::Large(blob) => right(bench.large(blob.clone()).await?.get_ref(), blob),
            Request::Download(wanted) => {
                let mut texts = pin!(bench.download(wanted.clone()).await?.into_inner());
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
                            .insert((sender, bench.chat(receiver).await?.into_inner().boxed()))
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
        text: FastStr::from_string("x".repeat(TEXT)),
    }
}

fn main() -> ExitCode {
    client::run(&ALLOCATIONS, async |target: Target| {
        let address: SocketAddr = target.address.parse()?;
        let bench = BenchClientBuilder::new("bench").address(address).build();
        Ok(Calls {
            bench: Box::leak(Box::new(bench)),
            request: Arc::new(Request::read(target.work, &target.request)?),
            chat: None,
        })
    })
}
