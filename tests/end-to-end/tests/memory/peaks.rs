//! The most that one call takes while it is refused.

use crate::MEMORY;
use crate::measured::{Measured, row};
use iris_core::wire::compression::Compression;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const MIB: usize = 1024 * 1024;

/// Twice the limit for messages, which is 4 MiB: a vector that grows holds what it had and what it gets. Brotli
/// has windows of up to 16 MiB besides.
const BOUND: usize = 12 * MIB;

/// An element takes 48 bytes once it is decoded. So many of them double with each growth, and are there twice for a moment.
const ELEMENTS: usize = 200 * MIB;

/// More than a message may have. Not allocated, and packing it takes less than unpacking, so that neither is
/// counted. Nor is what zstd's library takes by itself, since it is in C: a window, of 8 MiB at most.
static ZEROS: [u8; 5 * MIB] = [0; 5 * MIB];

pub(crate) async fn measure() {
    let server = Measured::start().await;
    println!("| one call | at most | bound |\n|---|---|---|");

    let lying = b"\0\xff\xff\xff\xff{}".to_vec();
    let what = "a message of 4 GiB announced";
    peak(&server, what, "connect+json", "gzip", lying, MIB).await;

    // The largest last.
    let mut compressions = Compression::ALL.to_vec();
    compressions.sort_by_key(|compression| *compression == Compression::Brotli);
    for compression in compressions {
        let mut bomb = Vec::new();
        compression.compress(&ZEROS, &mut bomb).unwrap();
        let what = format!("{} bytes of {compression} for 5 MiB", bomb.len());
        let name = compression.as_str();
        let window = if name == "br" { 16 * MIB } else { 0 };
        peak(&server, &what, "json", name, bomb, BOUND + window).await;
    }

    // Within the limit, each element in two bytes; what is wrong with the message comes after them.
    let mut elements = b"\x12\0".repeat(2_000_000);
    elements.push(0);
    let mut packed = Vec::new();
    Compression::Gzip.compress(&elements, &mut packed).unwrap();
    drop(elements);
    let what = format!(
        "{} bytes of gzip for 2,000,000 empty elements",
        packed.len()
    );
    peak(&server, &what, "proto", "gzip", packed, ELEMENTS).await;
}

async fn peak(
    server: &Measured,
    what: &str,
    format: &str,
    encoding: &str,
    body: Vec<u8>,
    bound: usize,
) {
    let path = match format {
        "json" => "Echo",
        "proto" => "Tree",
        _ => "Chat",
    };
    let length = body.len();
    let head = format!(
        "POST /testing.v1.Shapes/{path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/{format}\r\ncontent-encoding: {encoding}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
    );
    let before = server.held().await;
    let mut socket = TcpStream::connect(server.address()).await.unwrap();
    socket.write_all(head.as_bytes()).await.unwrap();
    let _ = socket.write_all(&body).await;
    let mut answer = Vec::new();
    let _ = socket.read_to_end(&mut answer).await;
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.contains("913") || answer.contains("910"), "{answer}");
    row(what, MEMORY.max_allocated().saturating_sub(before), bound);
}
