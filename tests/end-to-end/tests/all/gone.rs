//! Callers who are gone before their answer begins, and whose connection the HTTP stack does not read just then.

use crate::others::{Fetched, Others};
use end_to_end::messages::testing::v1::{Number, Text};
use futures_util::{StreamExt, stream};
use iris_core::{HttpServer, Iris, IrisError, Request, Stream, Streaming, remote};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::Notify;

#[derive(Default)]
struct Moments {
    begun: Notify,
    go_on: Notify,
    dropped: Notify,
}

/// Tells when its stream is dropped.
struct Dropped(Arc<Moments>);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.dropped.notify_one();
    }
}

/// Begins to answer when it is told to, and says no more after one number.
struct Late(Arc<Moments>);

impl Late {
    async fn number(&self) -> impl Stream<Item = Result<Number, IrisError>> + use<> {
        let dropped = Dropped(self.0.clone());
        self.0.begun.notify_one();
        self.0.go_on.notified().await;
        let number = stream::iter([Ok(Number { number: 1 })]);
        number.chain(stream::pending()).map(move |number| {
            let _ = &dropped;
            number
        })
    }
}

#[remote(package = "testing.v1")]
impl Late {
    #[procedure]
    async fn watch(
        &self,
        _: &Request,
    ) -> Result<impl Stream<Item = Result<Number, IrisError>>, IrisError> {
        Ok(self.number().await)
    }

    /// Reads nothing of what it is sent.
    #[procedure]
    async fn talk(
        &self,
        _: &Request,
        texts: Streaming<Text>,
    ) -> Result<impl Stream<Item = Result<Number, IrisError>>, IrisError> {
        Ok(self.number().await.map(move |number| {
            let _ = &texts;
            number
        }))
    }
}

#[tokio::test]
async fn a_caller_that_is_gone_before_its_answer_begins_ends_its_connection() {
    let moments = Arc::new(Moments::default());
    let application = Iris::without_context()
        .add_remote(Late(moments.clone()))
        .add_remote(Fetched)
        .add_server(HttpServer::bind("127.0.0.1:0"));
    let running = application.start().await.unwrap();
    let address = running.addresses()[0].tcp().unwrap();
    let mut others = Others::of(&running).await;
    for (method, body) in [
        // A byte of another request, which has to wait until this one is answered.
        ("Watch", "7\r\n\0\0\0\0\x02{}\r\n0\r\n\r\nP"),
        // Two messages that nobody reads.
        ("Talk", "7\r\n\0\0\0\0\x02{}\r\n7\r\n\0\0\0\0\x02{}\r\n"),
    ] {
        let call = format!(
            "POST /testing.v1.Late/{method} HTTP/1.1\r\nhost: x\r\ncontent-type: application/connect+json\r\ntransfer-encoding: chunked\r\n\r\n{body}"
        );
        let mut socket = TcpStream::connect(address).await.unwrap();
        socket.write_all(call.as_bytes()).await.unwrap();
        moments.begun.notified().await;
        // A reset, so that the first write of the answer fails.
        socket.set_zero_linger().unwrap();
        drop(socket);
        // What was sent later than the reset has come by now.
        others.are_served().await;
        moments.go_on.notify_one();
        tokio::time::timeout(Duration::from_secs(20), moments.dropped.notified())
            .await
            .unwrap_or_else(|_| panic!("{method} is still there"));
    }
    others.were_served().await;
}
