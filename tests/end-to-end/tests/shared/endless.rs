//! Answers without end: heads, trailers and ends of streams by which a server would have a client hold more and more.

use end_to_end_client::iris_client::{Client, ClientBuilder, Format, Protocol, RetryPolicy};
use end_to_end_client::messages::testing::v1::{Range, Text};
use end_to_end_client::{ErrorCode, IrisError, Remotes};
use iris_core::wire::compression::Compression;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};

const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;

/// What is said of each, in bytes, unless the client goes away before: by far more than it may hold.
pub(crate) const TOTAL: usize = 100 * MIB;

/// How a client asks, and so what it takes for an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asks {
    Connect,
    ConnectStream,
    Grpc,
    GrpcWeb,
}

/// What a client is to make of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Told {
    /// That all is well.
    Nothing,
    /// 900.
    Communication,
    /// 913.
    TooLarge,
}

/// An answer that goes on for as long as somebody reads it.
#[derive(Debug, Clone)]
pub(crate) struct Endless {
    pub(crate) what: &'static str,
    pub(crate) asks: Asks,
    pub(crate) told: Told,
    /// Once.
    pub(crate) begin: Vec<u8>,
    /// Again and again, up to [`TOTAL`].
    pub(crate) more: Vec<u8>,
    /// The most that it may cost, in bytes.
    pub(crate) bound: usize,
}

pub(crate) fn all() -> Vec<Endless> {
    let mut all = by_http1();
    all.extend(by_http2());
    all.extend(ends_of_streams());
    all
}

/// Heads and trailers by HTTP/1.1.
fn by_http1() -> Vec<Endless> {
    let of = |what, begin: &[u8], more: &[u8]| Endless {
        what,
        asks: Asks::Connect,
        told: Told::Communication,
        begin: begin.to_vec(),
        more: more.to_vec(),
        bound: 3 * MIB / 2,
    };
    let long = [b'x'; 65_536];
    let chunked = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\
                   transfer-encoding: chunked\r\n\r\n";
    let trailers = format!("{chunked}2\r\n{{}}\r\n0\r\n");
    let extension = format!("{chunked}2;");
    vec![
        of(
            "HTTP/1.1, one header",
            b"HTTP/1.1 200 OK\r\nx-long: ",
            &long,
        ),
        of(
            "HTTP/1.1, headers without number",
            b"HTTP/1.1 200 OK\r\n",
            &b"x-one-more: 1\r\n".repeat(4096),
        ),
        of(
            "HTTP/1.1, answers that announce another",
            b"",
            &b"HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n".repeat(1024),
        ),
        of(
            "HTTP/1.1, trailers behind the last chunk",
            trailers.as_bytes(),
            &b"x-one-more: 1\r\n".repeat(4096),
        ),
        of(
            "HTTP/1.1, an extension of a chunk",
            extension.as_bytes(),
            &long,
        ),
    ]
}

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const SETTINGS: u8 = 4;
const CONTINUATION: u8 = 9;

const END_HEADERS: u8 = 4;

/// The largest payload of a frame that a client takes without having said so (RFC 9113, section 4.2).
const FRAME: usize = 16_384;

/// A frame of HTTP/2 (RFC 9113, section 4.1).
fn frame(kind: u8, flags: u8, payload: &[u8]) -> Vec<u8> {
    let stream: u32 = if kind == SETTINGS { 0 } else { 1 };
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let head = [&length[1..], &[kind, flags], &stream.to_be_bytes()].concat();
    [&head, payload].concat()
}

fn text(text: &str) -> Vec<u8> {
    [&[u8::try_from(text.len()).unwrap()], text.as_bytes()].concat()
}

/// `:status: 200` and the content type, in HPACK (RFC 7541) without compression.
fn good_head() -> Vec<u8> {
    [vec![0x88, 0x0f, 0x10], text("application/grpc+json")].concat()
}

/// A length of which there is no end, as HPACK writes numbers (RFC 7541, section 5.1).
const LONG: [u8; 5] = [0x7f, 0x80, 0x80, 0x80, 0x40];

/// Heads and trailers by HTTP/2: each begins in HEADERS, and goes on in CONTINUATION.
fn by_http2() -> Vec<Endless> {
    let one_long = [vec![0x00], text("x-long"), LONG.to_vec()].concat();
    let many = [vec![0x00], text("x-one-more"), text("1")].concat();
    // Kept in the table of HPACK, where it has the first number behind the static ones.
    let value = "x".repeat(100);
    let indexed = [vec![0x40], text("x-again"), text(&value)].concat();
    // What goes on within a header must not be cut within one.
    let whole = many.repeat(FRAME / many.len());
    let ways = [
        ("one header", one_long, vec![b'x'; FRAME]),
        ("headers without number", many, whole),
        ("a header by its index", indexed, vec![0xbe; FRAME]),
        ("empty frames", Vec::new(), Vec::new()),
    ];
    let mut all = Vec::new();
    for (what, block, more) in ways {
        let settings = frame(SETTINGS, 0, b"");
        let more = match more.is_empty() {
            true => frame(CONTINUATION, 0, b"").repeat(1024),
            false => frame(CONTINUATION, 0, &more),
        };
        let head = frame(HEADERS, 0, &[good_head(), block.clone()].concat());
        let message = [
            frame(HEADERS, END_HEADERS, &good_head()),
            frame(DATA, 0, b"\0\0\0\0\x02{}"),
            frame(HEADERS, 1, &block),
        ];
        let of = |what: String, begin: Vec<u8>| Endless {
            // As long as the program, which says each of them once.
            what: what.leak(),
            asks: Asks::Grpc,
            told: Told::Communication,
            begin: [settings.clone(), begin].concat(),
            more: more.clone(),
            bound: 600 * KIB,
        };
        all.push(of(format!("HTTP/2, head: {what}"), head));
        all.push(of(format!("HTTP/2, trailers: {what}"), message.concat()));
    }
    all
}

/// The largest end of a stream that is read: the limit for messages.
const LIMIT: usize = 4 * MIB;

/// What stands in a body: errors, and what ends a stream.
fn ends_of_streams() -> Vec<Endless> {
    let of = |what, asks, told, head: &str, body: Vec<u8>, bound| {
        let length = TOTAL + 5;
        let head = format!("HTTP/1.1 {head}\r\ncontent-length: {length}\r\n\r\n");
        Endless {
            what,
            asks,
            told,
            begin: [head.as_bytes(), &body].concat(),
            more: vec![b' '; 65_536],
            bound,
        }
    };
    let announced = |flags: u8, length: usize| {
        let length = u32::try_from(length).unwrap().to_be_bytes();
        [&[flags][..], &length].concat()
    };
    let whole =
        |flags, payload: &[u8]| [announced(flags, payload.len()), payload.to_vec()].concat();
    let mut packed = Vec::new();
    let zeros = vec![0; LIMIT + 1];
    Compression::Gzip.compress(&zeros, &mut packed).unwrap();

    // Of the shortest parts as many as there is room for.
    let line = b"a:\n".repeat(LIMIT / 3);
    let names = (0..LIMIT / 9).map(|number| format!("{number:07x}:\n"));
    let names = names.collect::<String>().into_bytes();
    let values = "\"\",".repeat(LIMIT / 3 - 10);
    let values = format!("{{\"metadata\":{{\"a\":[{values}\"\"]}}}}");
    let detail = "{\"type\":\"a\",\"value\":\"\"},";
    let details = detail.repeat(LIMIT / detail.len() - 5);
    let details = format!("{{\"error\":{{\"code\":\"aborted\",\"details\":[{details}{{}}]}}}}");

    let web = "200 OK\r\ncontent-type: application/grpc-web+json";
    let packed_web = format!("{web}\r\ngrpc-encoding: gzip");
    let connect = "200 OK\r\ncontent-type: application/connect+json";
    let packed_connect = format!("{connect}\r\nconnect-content-encoding: gzip");
    let error = "500 Internal Server Error\r\ncontent-type: application/json";
    vec![
        of(
            "gRPC-Web, trailers of 100 MiB",
            Asks::GrpcWeb,
            Told::TooLarge,
            web,
            announced(128, TOTAL),
            110 * KIB,
        ),
        of(
            "gRPC-Web, trailers that unpack to more than 4 MiB",
            Asks::GrpcWeb,
            Told::TooLarge,
            &packed_web,
            whole(129, &packed),
            12 * MIB,
        ),
        of(
            "gRPC-Web, trailers of 4 MiB, one name",
            Asks::GrpcWeb,
            Told::Communication,
            web,
            whole(128, &line),
            20 * MIB,
        ),
        of(
            "gRPC-Web, trailers of 4 MiB, names without number",
            Asks::GrpcWeb,
            Told::Communication,
            web,
            whole(128, &names),
            20 * MIB,
        ),
        of(
            "Connect, an end of 100 MiB",
            Asks::ConnectStream,
            Told::TooLarge,
            connect,
            announced(2, TOTAL),
            110 * KIB,
        ),
        of(
            "Connect, an end that unpacks to more than 4 MiB",
            Asks::ConnectStream,
            Told::TooLarge,
            &packed_connect,
            whole(3, &packed),
            12 * MIB,
        ),
        of(
            "Connect, an end of 4 MiB, metadata",
            Asks::ConnectStream,
            // What is too much is left out.
            Told::Nothing,
            connect,
            whole(2, values.as_bytes()),
            24 * MIB,
        ),
        of(
            "Connect, an end of 4 MiB, details of an error",
            Asks::ConnectStream,
            Told::Communication,
            connect,
            whole(2, details.as_bytes()),
            60 * MIB,
        ),
        of(
            "Connect, an error of 100 MiB",
            Asks::Connect,
            Told::TooLarge,
            error,
            Vec::new(),
            110 * KIB,
        ),
    ]
}

impl Endless {
    /// How often it says more.
    fn times(&self) -> usize {
        TOTAL / self.more.len()
    }

    /// Hears one request on a connection, says all of this as far as it is read, and closes.
    pub(crate) fn say(&self, mut socket: TcpStream) {
        let mut heard = Vec::new();
        let mut buffer = [0; 4096];
        while !is_asked(&heard) {
            let length = socket.read(&mut buffer).unwrap();
            assert_ne!(length, 0, "{}: nobody asks", self.what);
            heard.extend_from_slice(&buffer[..length]);
        }
        // Whoever has enough goes away.
        let said = socket.write_all(&self.begin).is_ok();
        let _ = said && (0..self.times()).all(|_| socket.write_all(&self.more).is_ok());
        let _ = socket.shutdown(Shutdown::Write);
        while socket.read(&mut buffer).is_ok_and(|length| length > 0) {}
    }
}

impl Asks {
    const ALL: [Self; 4] = [
        Asks::Connect,
        Asks::ConnectStream,
        Asks::Grpc,
        Asks::GrpcWeb,
    ];

    /// By what `Debug` prints.
    pub(crate) fn of_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|asks| format!("{asks:?}") == name)
    }

    /// A client of a server, which asks so, and once.
    pub(crate) fn client(self, url: &str) -> ClientBuilder {
        let builder = Client::builder(url)
            .format(Format::Json)
            .retry(RetryPolicy::never());
        match self {
            Asks::Connect | Asks::ConnectStream => builder.http1(),
            Asks::Grpc => builder.protocol(Protocol::Grpc),
            Asks::GrpcWeb => builder.protocol(Protocol::GrpcWeb).http1(),
        }
    }

    /// Asks, and reads all of the answer.
    pub(crate) async fn ask(self, remotes: &Remotes) -> Result<(), IrisError> {
        let shapes = remotes.shapes();
        if self == Asks::Connect {
            return shapes.echo(Text::default()).await.map(drop);
        }
        let mut numbers = shapes.count(Range::default()).await?;
        while let Some(number) = numbers.next().await {
            number?;
        }
        Ok(())
    }
}

impl Told {
    const ALL: [Self; 3] = [Told::Nothing, Told::Communication, Told::TooLarge];

    /// By what `Debug` prints.
    pub(crate) fn of_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|told| format!("{told:?}") == name)
    }

    /// Holds what came of an answer against this.
    pub(crate) fn hold(self, what: &str, asked: Result<(), IrisError>) {
        let told = match &asked {
            Ok(()) => Some(Told::Nothing),
            Err(error) if error.code == ErrorCode::IrisMessageTooLarge => Some(Told::TooLarge),
            Err(error) if error.code == ErrorCode::IrisCommunicationError => {
                Some(Told::Communication)
            }
            Err(_) => None,
        };
        let shown = asked.map_err(|error| error.to_string().chars().take(300).collect::<String>());
        assert_eq!(told, Some(self), "{what}: {shown:?}");
    }
}

/// Whether the head of a request is there.
fn is_asked(heard: &[u8]) -> bool {
    let Some(mut frames) = heard.strip_prefix(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") else {
        return heard.windows(4).any(|window| window == b"\r\n\r\n");
    };
    while let Some((head, rest)) = frames.split_first_chunk::<9>() {
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize;
        if head[3] == HEADERS && rest.len() >= length {
            return true;
        }
        frames = rest.get(length..).unwrap_or_default();
    }
    false
}
