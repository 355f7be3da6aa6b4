//! Names with addresses in IPv6 and IPv4: which of them calls go to, and how long they wait for one (RFC 8305).

use crate::messages::{add, put};
use crate::server::{Server, ok};
use iris_client::{Client, ClientBuilder, HedgePolicy};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};
use std::time::Duration;
use tokio::time::Instant;

/// A client of a name that has these addresses, in the order in which the system would give them.
fn client<const N: usize>(addresses: [SocketAddr; N]) -> ClientBuilder {
    Client::builder("http://notes.internal:80")
        .resolver(move |_, _| async move { Ok(addresses.to_vec()) })
}

/// A server in IPv6 and one in IPv4, which answer with their family.
async fn both() -> (Server, Server) {
    let at = |address: SocketAddr, name: &'static str| {
        Server::start_at(address, move |_| async move { ok(name) })
    };
    let six = at((Ipv6Addr::LOCALHOST, 0).into(), "six").await;
    let four = at((Ipv4Addr::LOCALHOST, 0).into(), "four").await;
    (six, four)
}

/// An address in IPv6 where nothing listens.
fn refusing() -> SocketAddr {
    let listener = TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).unwrap();
    listener.local_addr().unwrap()
}

/// An address in IPv6 that answers nothing, as behind a firewall: the queue of connections that nobody accepts is full,
/// so that the system drops what asks for more.
#[cfg(target_os = "linux")]
struct Silent {
    listener: socket2::Socket,
    _queued: Vec<TcpStream>,
}

#[cfg(target_os = "linux")]
impl Silent {
    fn new() -> Self {
        use socket2::{Domain, Socket, Type};
        let listener = Socket::new(Domain::IPV6, Type::STREAM, None).unwrap();
        let address = SocketAddr::from((Ipv6Addr::LOCALHOST, 0));
        listener.bind(&address.into()).unwrap();
        listener.listen(0).unwrap();
        let mut silent = Silent {
            listener,
            _queued: Vec::new(),
        };
        let address = silent.address();
        let patience = Duration::from_millis(500);
        while let Ok(queued) = TcpStream::connect_timeout(&address, patience) {
            silent._queued.push(queued);
        }
        silent
    }

    fn address(&self) -> SocketAddr {
        self.listener.local_addr().unwrap().as_socket().unwrap()
    }
}

async fn answering(client: &Client) -> String {
    add(client).await.unwrap().text
}

#[tokio::test]
async fn the_family_that_the_system_prefers_is_used_alone() {
    let (six, four) = both().await;
    for http2 in [false, true] {
        for (addresses, expected) in [
            ([six.address(), four.address()], "six"),
            ([four.address(), six.address()], "four"),
        ] {
            let builder = client(addresses);
            let builder = if http2 { builder.http2() } else { builder };
            let client = builder.build().unwrap();
            for _ in 0..20 {
                assert_eq!(answering(&client).await, expected);
            }
        }
    }
    assert!(six.connections() > 0 && four.connections() > 0);
}

#[tokio::test]
async fn where_one_family_is_refused_the_other_is_tried_at_once() {
    let (_, four) = both().await;
    let client = client([refusing(), four.address()]).build().unwrap();
    tokio::time::pause();
    let began = Instant::now();
    for _ in 0..20 {
        assert_eq!(answering(&client).await, "four");
    }
    assert!(began.elapsed() < Duration::from_millis(250));
}

#[tokio::test]
async fn a_family_that_comes_back_is_used_again() {
    let (_, four) = both().await;
    let address = refusing();
    let client = client([address, four.address()]).build().unwrap();
    assert_eq!(answering(&client).await, "four");
    let _six = Server::start_at(address, |_| async { ok("six") }).await;
    tokio::time::pause();
    tokio::time::advance(Duration::from_millis(1300)).await;
    // One call has it tried, beside which others go on where they went.
    while answering(&client).await == "four" {}
    for _ in 0..20 {
        assert_eq!(answering(&client).await, "six");
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_second_attempt_goes_elsewhere_while_the_first_waits_for_its_connection() {
    let (_, four) = both().await;
    let silent = Silent::new();
    let policy = HedgePolicy::after(Duration::from_millis(5));
    let client = client([silent.address(), four.address()]).hedge(policy);
    let client = client.build().unwrap();
    tokio::time::pause();
    let began = Instant::now();
    assert_eq!(put(&client).await.unwrap().text, "four");
    let waited = began.elapsed().as_millis();
    assert!((5..250).contains(&waited), "{waited} ms");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn an_address_that_is_silent_costs_one_call_250_ms() {
    let (_, four) = both().await;
    for http2 in [false, true] {
        let silent = Silent::new();
        let builder = client([silent.address(), four.address()]);
        let builder = if http2 { builder.http2() } else { builder };
        let client = builder.build().unwrap();
        tokio::time::pause();
        let began = Instant::now();
        assert_eq!(answering(&client).await, "four");
        let waited = began.elapsed().as_millis();
        assert!((250..=260).contains(&waited), "{waited} ms");
        // The next calls do not wait for it again: neither while it is awaited, nor once it was given up.
        for _ in 0..3 {
            let began = Instant::now();
            for _ in 0..20 {
                assert_eq!(answering(&client).await, "four");
            }
            assert!(began.elapsed() < Duration::from_millis(250));
            tokio::time::advance(Duration::from_secs(6)).await;
        }
        tokio::time::resume();
    }
}
