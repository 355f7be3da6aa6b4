//! The most that one answer takes which a client refuses.

use crate::attacks::{self, bomb, each_frame, envelope};
use crate::measured::Measured;
use crate::peaks::{Peak, alone, printed, rows};
use crate::spoken::{PREFACE, frame};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use end_to_end_client::iris_client::{Client, Format, Protocol, RetryPolicy};
use end_to_end_client::messages::testing::v1::{Range, Text};
use end_to_end_client::{ErrorCode, IrisError, Remotes};
use iris_core::wire::compression::Compression;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::{env, fs, thread};

/// Names the file that has what is answered.
const ANSWERED: &str = "IRIS_MEMORY_ANSWERED";
/// Names the way in which it is asked for.
const ASKED: &str = "IRIS_MEMORY_ASKED";

const WAYS: [&str; 5] = [
    "Connect",
    "a stream of Connect",
    "gRPC",
    "gRPC-Web",
    "gRPC-Web in base64",
];

/// What a process of its own is to measure.
pub(crate) struct Asked {
    way: String,
    answer: Vec<u8>,
}

/// As the attacks on a server are measured.
pub(crate) fn measure_each() {
    println!("\n| a client, one answer | at most | bound |\n|---|---|---|");
    let path = format!("answered-{}", std::process::id());
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(path);
    for &compression in Compression::ALL {
        let (bomb, bound) = bomb(compression);
        for way in WAYS {
            let what = format!("{} bytes of {compression} for 5 MiB, {way}", bomb.len());
            fs::write(&path, answer(way, compression, &bomb)).unwrap();
            let mut alone = alone();
            let text = printed(&what, alone.env(ANSWERED, &path).env(ASKED, way));
            rows(&what, &text, bound);
        }
    }
    fs::remove_file(path).unwrap();
}

/// All that a server says.
fn answer(way: &str, compression: Compression, bomb: &[u8]) -> Vec<u8> {
    let name = compression.as_str();
    let enveloped = envelope(1, bomb);
    let (kind, header, body) = match way {
        "Connect" => ("json", "content-encoding", bomb.to_vec()),
        "a stream of Connect" => ("connect+json", "connect-content-encoding", enveloped),
        "gRPC" => return by_http2(name, &enveloped),
        "gRPC-Web" => ("grpc-web+json", "grpc-encoding", enveloped),
        _ => {
            let text = STANDARD.encode(&enveloped).into_bytes();
            ("grpc-web-text+json", "grpc-encoding", text)
        }
    };
    let length = body.len();
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/{kind}\r\n{header}: {name}\r\ncontent-length: {length}\r\n\r\n"
    );
    [head.as_bytes(), &body].concat()
}

/// SETTINGS, HEADERS and DATA.
fn by_http2(name: &str, body: &[u8]) -> Vec<u8> {
    let text = |text: &str| [&[u8::try_from(text.len()).unwrap()], text.as_bytes()].concat();
    // :status 200 and the name content-type are in the static table of HPACK (RFC 7541, appendix A).
    let head = [
        vec![0x88, 0x0f, 0x10],
        text("application/grpc+json"),
        vec![0x00],
        text("grpc-encoding"),
        text(name),
    ];
    let mut said = [frame(4, 0, 0, b""), frame(1, 4, 1, &head.concat())].concat();
    for piece in body.chunks(16_384) {
        said.extend(frame(0, 0, 1, piece));
    }
    said
}

/// What this process is to measure, if it was started for that.
pub(crate) fn to_be_measured() -> Option<Asked> {
    let answer = fs::read(env::var_os(ANSWERED)?).unwrap();
    let way = env::var(ASKED).unwrap();
    Some(Asked { way, answer })
}

/// Asks a server that answers so, and prints what that cost.
pub(crate) async fn measure(asked: Asked) {
    let Asked { way, answer } = asked;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    // It ends with this process.
    thread::spawn(move || answer_one(&listener, &answer));
    let good = Measured::start().await;
    let peak = Peak::begin(&good).await;
    let builder = Client::builder(&url)
        .format(Format::Json)
        .retry(RetryPolicy::never());
    let builder = match &*way {
        "gRPC" => builder.protocol(Protocol::Grpc),
        "gRPC-Web" => builder.protocol(Protocol::GrpcWeb).http1(),
        "gRPC-Web in base64" => builder.protocol(Protocol::GrpcWebText).http1(),
        _ => builder.http1(),
    };
    let shapes = Remotes::new(builder.build().unwrap()).shapes();
    let error: IrisError = match &*way {
        "Connect" => shapes.echo(Text::default()).await.unwrap_err(),
        _ => {
            let mut numbers = shapes.count(Range::default()).await.unwrap();
            numbers.next().await.unwrap().unwrap_err()
        }
    };
    assert_eq!(error.code, ErrorCode::IrisMessageTooLarge, "{error}");
    peak.print();
}

/// Hears one request, says this, and waits until the client has gone.
fn answer_one(listener: &TcpListener, answer: &[u8]) {
    let (mut socket, _) = listener.accept().unwrap();
    let mut heard = Vec::new();
    let mut buffer = [0; 4096];
    while !is_asked(&heard) {
        let length = socket.read(&mut buffer).unwrap();
        assert_ne!(length, 0, "it asks");
        heard.extend_from_slice(&buffer[..length]);
    }
    // It may have enough before the end.
    let _ = socket.write_all(answer);
    while socket.read(&mut buffer).is_ok_and(|length| length > 0) {}
}

/// Whether the head of a request is there.
fn is_asked(heard: &[u8]) -> bool {
    match heard.strip_prefix(&PREFACE[..24]) {
        Some(frames) => each_frame(frames).any(|(head, _)| head[3] == attacks::HEADERS),
        None => heard.windows(4).any(|window| window == b"\r\n\r\n"),
    }
}
