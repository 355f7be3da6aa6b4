//! What is measured.

use std::fmt;

/// What is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Work {
    /// 64 bytes of text, and the same back.
    Echo,
    /// 50 records of a log; how many there were back.
    Log,
    /// A mebibyte, and the same back.
    Large,
    /// 1,000 messages of 64 bytes down.
    Download,
    /// 1,000 messages of 64 bytes up, 16 a frame.
    Upload,
    /// One message up, one down, by turns on one stream. A turn counts as a request.
    Chat,
}

/// How it is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wire {
    Grpc,
    Connect,
    ConnectJson,
    /// What the peer alone speaks: its own client calls.
    Own,
}

/// Whose processor time and allocations are measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Subject {
    /// A peer's server, called by the same caller as the others.
    Server,
    /// A peer's client, calling the same server as the others.
    Client,
    /// Iris's server, with filters and without: a difference so small that it takes many turns to show.
    Filters,
}

/// Who is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Peer {
    Iris,
    /// Iris, with three filters that let everyone pass before the procedure.
    Filtered,
    Tonic,
    Connectrpc,
    Volo,
    Tarpc,
    /// The floor: no messages, no framework.
    Hyper,
}

/// One line of the report for each peer.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) subject: Subject,
    pub(crate) work: Work,
    pub(crate) wire: Wire,
    /// Calls at a time.
    pub(crate) concurrency: usize,
    pub(crate) peers: Vec<Peer>,
}

impl Peer {
    pub(crate) const ALL: [Peer; 7] = [
        Peer::Iris,
        Peer::Filtered,
        Peer::Tonic,
        Peer::Connectrpc,
        Peer::Volo,
        Peer::Tarpc,
        Peer::Hyper,
    ];

    /// The name in settings and reports.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Peer::Iris => "iris",
            Peer::Filtered => "filtered",
            Peer::Tonic => "tonic",
            Peer::Connectrpc => "connectrpc",
            Peer::Volo => "volo",
            Peer::Tarpc => "tarpc",
            Peer::Hyper => "hyper",
        }
    }

    /// The name in programs and packages.
    pub(crate) fn package(self) -> &'static str {
        match self {
            Peer::Filtered => Peer::Iris.name(),
            peer => peer.name(),
        }
    }

    fn serves(self, wire: Wire) -> bool {
        match self {
            Peer::Iris | Peer::Connectrpc | Peer::Hyper => wire != Wire::Own,
            Peer::Filtered => false,
            Peer::Tonic | Peer::Volo => wire == Wire::Grpc,
            Peer::Tarpc => wire == Wire::Own,
        }
    }

    fn calls(self, wire: Wire) -> bool {
        match self {
            Peer::Iris | Peer::Connectrpc => matches!(wire, Wire::Grpc | Wire::Connect),
            Peer::Tonic | Peer::Volo => wire == Wire::Grpc,
            Peer::Tarpc => wire == Wire::Own,
            Peer::Filtered | Peer::Hyper => false,
        }
    }
}

impl Work {
    pub(crate) const ALL: [Work; 6] = [
        Work::Echo,
        Work::Log,
        Work::Large,
        Work::Download,
        Work::Upload,
        Work::Chat,
    ];

    /// The path of the procedure.
    pub(crate) fn path(self, peer: Peer) -> &'static str {
        match (self, peer) {
            (Work::Echo, Peer::Filtered) => "/bench.v1.Filtered/Echo",
            (Work::Echo, _) => "/bench.v1.Bench/Echo",
            (Work::Log, _) => "/bench.v1.Bench/Log",
            (Work::Large, _) => "/bench.v1.Bench/Large",
            (Work::Download, _) => "/bench.v1.Bench/Download",
            (Work::Upload, _) => "/bench.v1.Bench/Upload",
            (Work::Chat, _) => "/bench.v1.Bench/Chat",
        }
    }

    /// Whether messages have envelopes in Connect.
    pub(crate) fn streams(self) -> bool {
        matches!(self, Work::Download | Work::Upload | Work::Chat)
    }

    /// How many calls allocations are counted over.
    pub(crate) fn counted_calls(self) -> usize {
        match self {
            Work::Echo | Work::Log | Work::Chat => 4096,
            Work::Large => 64,
            Work::Download | Work::Upload => 32,
        }
    }

    fn concurrencies(self) -> &'static [usize] {
        match self {
            Work::Echo => &[1, 16, 64, 256],
            Work::Log | Work::Chat => &[64],
            Work::Large => &[4],
            Work::Download | Work::Upload => &[8],
        }
    }

    fn wires(self) -> &'static [Wire] {
        match self {
            Work::Echo | Work::Log => &[Wire::Grpc, Wire::Connect, Wire::ConnectJson, Wire::Own],
            _ => &[Wire::Grpc, Wire::Connect],
        }
    }
}

impl Row {
    /// Every row, with the peers that have it.
    pub(crate) fn all() -> Vec<Row> {
        let mut rows = Vec::new();
        for work in Work::ALL {
            for &wire in work.wires() {
                for &concurrency in work.concurrencies() {
                    let peers = Peer::ALL.into_iter();
                    rows.push(Row {
                        subject: Subject::Server,
                        work,
                        wire,
                        concurrency,
                        peers: peers.filter(|peer| peer.serves(wire)).collect(),
                    });
                }
            }
        }
        for wire in [Wire::Grpc, Wire::Connect, Wire::ConnectJson] {
            rows.push(Row {
                subject: Subject::Filters,
                work: Work::Echo,
                wire,
                concurrency: 64,
                peers: vec![Peer::Iris, Peer::Filtered],
            });
        }
        for wire in [Wire::Grpc, Wire::Connect, Wire::Own] {
            for concurrency in [1, 64] {
                let peers = Peer::ALL.into_iter();
                rows.push(Row {
                    subject: Subject::Client,
                    work: Work::Echo,
                    wire,
                    concurrency,
                    peers: peers.filter(|peer| peer.calls(wire)).collect(),
                });
            }
        }
        rows
    }

    /// How many turns each peer has, where the others have so many.
    pub(crate) fn rounds(&self, rounds: usize) -> usize {
        match self.subject {
            Subject::Filters => 5 * rounds,
            _ => rounds,
        }
    }

    /// Whose server a peer is measured with.
    pub(crate) fn server(&self, peer: Peer) -> Peer {
        match (self.subject, self.wire) {
            (Subject::Client, Wire::Grpc | Wire::Connect | Wire::ConnectJson) => Peer::Hyper,
            _ => peer,
        }
    }
}

impl fmt::Display for Work {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Work::Echo => "echo",
            Work::Log => "log",
            Work::Large => "large",
            Work::Download => "download",
            Work::Upload => "upload",
            Work::Chat => "chat",
        })
    }
}

impl fmt::Display for Wire {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Wire::Grpc => "grpc",
            Wire::Connect => "connect",
            Wire::ConnectJson => "connect-json",
            Wire::Own => "own",
        })
    }
}

/// The name that `--rows` looks in: `echo/grpc/c64`, `client/grpc/c64`.
impl fmt::Display for Row {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.subject {
            Subject::Server => self.work.fmt(formatter)?,
            Subject::Client => formatter.write_str("client")?,
            Subject::Filters => formatter.write_str("filters")?,
        }
        write!(formatter, "/{}/c{}", self.wire, self.concurrency)
    }
}
