//! The client of connect-rust.

use buffa::Message;
use connectrpc::Protocol;
use connectrpc::client::{
    BidiStream, ClientConfig, ClientTransport, Http2Connection, SharedHttp2Connection,
};
use futures_util::{StreamExt, stream};
use rpc_connectrpc::proto::bench::v1::{BenchClient, Blob, LogBatch, Text, TextView, Wanted};
use rpc_peer::client::{self, Caller, Target, Work, right};
use rpc_peer::{Counting, Failure, MESSAGES, RECORDS, TEXT};
use std::process::ExitCode;
use std::sync::Arc;

#[global_allocator]
static ALLOCATIONS: Counting = Counting::new();

/// Calls held back at the connection: more than the bench makes.
const BOUND: usize = 1024;

struct Calls {
    bench: BenchClient<SharedHttp2Connection>,
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
type Chat =
    BidiStream<<SharedHttp2Connection as ClientTransport>::ResponseBody, Text, TextView<'static>>;

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
            Work::Log => Request::Log(LogBatch::decode_from_slice(bytes)?),
            Work::Large => Request::Large(Blob::decode_from_slice(bytes)?),
            Work::Download => Request::Download(Wanted::decode_from_slice(bytes)?),
            Work::Upload => Request::Upload,
            Work::Chat => Request::Chat,
        })
    }
}

impl Caller for Calls {
    async fn call(&mut self) -> Result<(), Failure> {
        let bench = &self.bench;
        match &*self.request {
            Request::Echo => right(&bench.echo(text()).await?.into_owned().text.len(), &TEXT),
            Request::Log(batch) => right(
                &bench.log(batch.clone()).await?.into_owned().count,
                &RECORDS,
            ),
            Request::Large(blob) => right(
                &bench.large(blob.clone()).await?.view().data,
                &&blob.data[..],
            ),
            Request::Download(wanted) => {
                let mut texts = bench.download(wanted.clone()).await?;
                let mut count = 0;
                while let Some(text) = texts.message().await? {
                    right(&text.view().text.len(), &TEXT)?;
                    count += 1;
                }
                right(&count, &MESSAGES)
            }
            Request::Upload => {
                let texts = stream::iter(0..MESSAGES).map(|_| text());
                right(
                    &bench.upload(texts).await?.into_owned().count,
                    &(MESSAGES as u64),
                )
            }
            Request::Chat => {
                let chat = match &mut self.chat {
                    Some(chat) => chat,
                    None => self.chat.insert(bench.chat().await?),
                };
                chat.send(text()).await?;
                let answer = chat.message().await?.ok_or("the stream ended early")?;
                right(&answer.view().text.len(), &TEXT)
            }
        }
    }
}

fn text() -> Text {
    Text {
        text: "x".repeat(TEXT),
        ..Default::default()
    }
}

fn main() -> ExitCode {
    client::run(&ALLOCATIONS, async |target: Target| {
        let uri: http::Uri = format!("http://{}", target.address).parse()?;
        let connection = Http2Connection::connect_plaintext(uri.clone()).await?;
        let protocol = match target.wire.starts_with("grpc") {
            true => Protocol::Grpc,
            false => Protocol::Connect,
        };
        let config = ClientConfig::new(uri).with_protocol(protocol);
        let config = match target.wire.ends_with("json") {
            true => config.json(),
            false => config,
        };
        Ok(Calls {
            bench: BenchClient::new(connection.shared(BOUND), config),
            request: Arc::new(Request::read(target.work, &target.request)?),
            chat: None,
        })
    })
}
