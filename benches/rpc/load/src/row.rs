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
    /// 1,000 messages of 64 bytes up, a frame each.
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
}

/// Who is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Peer {
    Iris,
    /// Iris, with three filters that let everyone pass before the procedure.
    Filtered,
    Tonic,
    /// The floor: no messages, no framework.
    Hyper,
}

/// One line of the report for each peer.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) work: Work,
    pub(crate) wire: Wire,
    /// Calls at a time.
    pub(crate) concurrency: usize,
    pub(crate) peers: Vec<Peer>,
}

impl Peer {
    pub(crate) const ALL: [Peer; 4] = [Peer::Iris, Peer::Filtered, Peer::Tonic, Peer::Hyper];

    /// The name in settings and reports.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Peer::Iris => "iris",
            Peer::Filtered => "filtered",
            Peer::Tonic => "tonic",
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

    fn has(self, work: Work, wire: Wire, concurrency: usize) -> bool {
        match self {
            Peer::Iris | Peer::Hyper => true,
            Peer::Filtered => work == Work::Echo && concurrency == 64,
            Peer::Tonic => wire == Wire::Grpc,
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
            Work::Echo | Work::Log => &[Wire::Grpc, Wire::Connect, Wire::ConnectJson],
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
                        work,
                        wire,
                        concurrency,
                        peers: peers
                            .filter(|peer| peer.has(work, wire, concurrency))
                            .collect(),
                    });
                }
            }
        }
        rows
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
        })
    }
}

/// The name that `--rows` looks in: `echo/grpc/c64`.
impl fmt::Display for Row {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{}/{}/c{}",
            self.work, self.wire, self.concurrency
        )
    }
}
