//! A server, and how much it holds.

use crate::MEMORY;
use end_to_end::application;
use end_to_end::messages::testing::v1::{Number, Text};
use end_to_end_client::Remotes;
use end_to_end_client::iris_client::Client;
use iris_core::{HttpServer, Iris, IrisError, Pem, Request, Running, Streaming, Tls, remote};
use std::net::SocketAddr;
use std::sync::Arc;

/// Less than this is what the next call happens to hold, in bytes.
const NOISE: usize = 4 * 1024;

/// Reads nothing of what it is sent.
struct Unread;

#[remote(package = "testing.v1")]
impl Unread {
    #[procedure]
    async fn wait(&self, _: &Request, _: Streaming<Number>) -> Result<Text, IrisError> {
        std::future::pending().await
    }
}

pub(crate) struct Measured {
    running: Running,
    /// Of another caller, who is served meanwhile.
    other: Remotes,
}

impl Measured {
    pub(crate) async fn start() -> Self {
        let own = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let tls = Tls::from_pem(
            Pem::bytes(own.cert.pem()),
            Pem::bytes(own.signing_key.serialize_pem()),
        );
        let unread = Iris::without_context().add_remote(Unread);
        let running = application(Arc::default())
            .add_application(unread)
            .add_server(HttpServer::bind("127.0.0.1:0"))
            .add_server(HttpServer::bind("127.0.0.1:0").tls(tls))
            .start()
            .await
            .unwrap();
        let other = Remotes::new(Client::connect(&running.url()).unwrap());
        let measured = Measured { running, other };
        measured.held().await;
        measured
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.running.addresses()[0].tcp().unwrap()
    }

    /// Where TLS is spoken.
    pub(crate) fn secured(&self) -> SocketAddr {
        self.running.addresses()[1].tcp().unwrap()
    }

    /// The bytes that this process holds, once that no longer changes; the other caller is served all the while.
    pub(crate) async fn held(&self) -> usize {
        let (mut before, mut unchanged) = (0, 0);
        while unchanged < 5 {
            for _ in 0..20 {
                self.other.shapes().fetch().await.unwrap();
            }
            let held = MEMORY.allocated();
            unchanged = match held.abs_diff(before) < NOISE {
                true => unchanged + 1,
                false => 0,
            };
            before = held;
        }
        before
    }
}

/// A line of the table, which must not exceed its bound; both in bytes.
pub(crate) fn row(what: &str, bytes: usize, bound: usize) {
    let kib = |bytes: usize| bytes as f64 / 1024.0;
    println!("| {what} | {:.1} KiB | {:.0} KiB |", kib(bytes), kib(bound));
    assert!(bytes <= bound, "{what}: {bytes} bytes, more than {bound}");
}
