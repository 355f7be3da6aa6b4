//! Ports and sockets of others.

use super::{DENIED, Hostile, NOT_PERMITTED};
use crate::support::path;
use std::net::TcpListener;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener};

fn a_listener() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    (listener, port)
}

#[tokio::test]
async fn an_app_connects_to_declared_ports_and_listens_at_its_own() {
    let (_some, denied) = a_listener();
    let (_other, declared) = a_listener();
    let hostile = Hostile::with(&["--connect", &declared]).await;
    hostile.may("connect", &declared).await;
    hostile.is_refused("connect", &denied, DENIED).await;
    // Nor by another protocol that any TCP server answers.
    hostile
        .is_refused("multipath", &declared, NOT_PERMITTED)
        .await;
    // The daemon's own API, and a neighbour.
    let daemon = hostile.daemon.url.rsplit_once(':').unwrap().1.to_owned();
    hostile.is_refused("connect", &daemon, DENIED).await;
    let program = path("resident");
    hostile.daemon.runs(["push", &program]).await;
    let neighbour = hostile.daemon.printed("resident", "own").await;
    let environment = std::fs::read_to_string(format!("/proc/{neighbour}/environ")).unwrap();
    let port = environment
        .split('\0')
        .find_map(|variable| variable.strip_prefix("PORT="));
    hostile.is_refused("connect", port.unwrap(), DENIED).await;

    hostile.is_refused("listen", "0", DENIED).await;
    hostile.is_refused("listen", "8080", DENIED).await;
    hostile.is_refused("packets", "", NOT_PERMITTED).await;
    // This is what ports of UDP are like: nobody holds them.
    hostile.may("datagram", &denied).await;
}

#[tokio::test]
async fn any_port_is_for_those_who_ask_for_it() {
    let (_some, port) = a_listener();
    let hostile = Hostile::with(&["--connect", "any", "--listen", "0"]).await;
    hostile.may("connect", &port).await;
    hostile.may("listen", "0").await;
    hostile.is_refused("multipath", &port, NOT_PERMITTED).await;
}

#[tokio::test]
async fn an_app_connects_to_no_socket_of_this_host() {
    let hostile = Hostile::start().await;
    let name = format!("iris-up-test-{}", std::process::id());
    let address = SocketAddr::from_abstract_name(&name).unwrap();
    let _listener = UnixListener::bind_addr(&address).unwrap();
    hostile.is_refused("abstract", &name, NOT_PERMITTED).await;
    // One with a path is as closed as its folder and its mode are.
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("socket");
    let _listener = UnixListener::bind(&socket).unwrap();
    hostile
        .is_refused("local", socket.to_str().unwrap(), DENIED)
        .await;
    hostile.may("local-own", "own.sock").await;
}
