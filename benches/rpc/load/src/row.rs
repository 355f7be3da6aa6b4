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
    GrpcJson,
    Connect,
    ConnectJson,
    /// What the peer alone speaks, or speaks unless it is told otherwise: its own client calls its own server.
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
    /// Iris's server, with observers and without.
    Observers,
}

/// Who is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Peer {
    Iris,
    /// Iris, with three filters that let everyone pass before the procedure.
    Filtered,
    /// Iris, with all that its server can be given linked, and none of it used.
    Unused,
    /// The same, with the metrics of iris-telemetry.
    Metrics,
    /// Iris, with the metrics of iris-telemetry and a span of each call, which reaches an exporter that throws it away.
    Traces,
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
    pub(crate) const ALL: [Peer; 10] = [
        Peer::Iris,
        Peer::Filtered,
        Peer::Unused,
        Peer::Metrics,
        Peer::Traces,
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
            Peer::Unused => "unused",
            Peer::Metrics => "metrics",
            Peer::Traces => "traces",
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
            Peer::Unused | Peer::Metrics | Peer::Traces => "observed",
            peer => peer.name(),
        }
    }

    /// What its server is told when it is started.
    pub(crate) fn argument(self) -> Option<&'static str> {
        matches!(self, Peer::Unused | Peer::Metrics | Peer::Traces).then(|| self.name())
    }

    fn serves(self, wire: Wire) -> bool {
        match self {
            Peer::Iris => true,
            Peer::Connectrpc | Peer::Hyper => wire != Wire::Own,
            Peer::Filtered | Peer::Unused | Peer::Metrics | Peer::Traces => false,
            Peer::Tonic | Peer::Volo => wire == Wire::Grpc,
            Peer::Tarpc => wire == Wire::Own,
        }
    }

    fn calls(self, wire: Wire) -> bool {
        self != Peer::Hyper && self.serves(wire)
    }
}

impl Wire {
    pub(crate) fn is_grpc(self) -> bool {
        matches!(self, Wire::Grpc | Wire::GrpcJson)
    }

    pub(crate) fn is_json(self) -> bool {
        matches!(self, Wire::GrpcJson | Wire::ConnectJson)
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

    /// Of the rows of clients, which are fewer.
    fn client_concurrencies(self) -> impl Iterator<Item = usize> {
        let wanted = |calls: &usize| !matches!(calls, 16 | 256);
        self.concurrencies().iter().copied().filter(wanted)
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
        use Wire::{Connect, ConnectJson, Grpc, GrpcJson, Own};
        match self {
            Work::Echo | Work::Log => &[Grpc, GrpcJson, Connect, ConnectJson, Own],
            _ => &[Grpc, GrpcJson, Connect, ConnectJson],
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
                    rows.push(Row::of(Subject::Server, work, wire, concurrency));
                }
            }
        }
        for wire in [Wire::Grpc, Wire::GrpcJson, Wire::Connect, Wire::ConnectJson] {
            for concurrency in [1, 64] {
                rows.push(Row::of(Subject::Filters, Work::Echo, wire, concurrency));
            }
        }
        for wire in [Wire::Grpc, Wire::Connect] {
            rows.push(Row::of(Subject::Observers, Work::Echo, wire, 64));
        }
        for work in Work::ALL {
            for &wire in work.wires() {
                for concurrency in work.client_concurrencies() {
                    rows.push(Row::of(Subject::Client, work, wire, concurrency));
                }
            }
        }
        rows
    }

    fn of(subject: Subject, work: Work, wire: Wire, concurrency: usize) -> Row {
        let peers = match subject {
            Subject::Filters => vec![Peer::Iris, Peer::Filtered],
            Subject::Observers => vec![Peer::Iris, Peer::Unused, Peer::Metrics, Peer::Traces],
            Subject::Server => Peer::ALL
                .into_iter()
                .filter(|peer| peer.serves(wire))
                .collect(),
            Subject::Client => Peer::ALL
                .into_iter()
                .filter(|peer| peer.calls(wire))
                .collect(),
        };
        Row {
            subject,
            work,
            wire,
            concurrency,
            peers,
        }
    }

    /// How many turns each peer has, where the rows that say most have so many.
    pub(crate) fn rounds(&self, rounds: usize) -> usize {
        match (self.subject, self.wire, self.work) {
            (Subject::Filters, ..) => 3 * rounds,
            (Subject::Observers, ..)
            | (_, Wire::Grpc | Wire::Connect, _)
            | (Subject::Server, Wire::ConnectJson, Work::Echo | Work::Log) => rounds,
            _ => rounds.div_ceil(2),
        }
    }

    /// Whose server a peer is measured with.
    pub(crate) fn server(&self, peer: Peer) -> Peer {
        match (self.subject, self.wire) {
            (_, Wire::Own) => peer,
            (Subject::Client, _) => Peer::Hyper,
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
            Wire::GrpcJson => "grpc-json",
            Wire::Connect => "connect",
            Wire::ConnectJson => "connect-json",
            Wire::Own => "own",
        })
    }
}

/// The name that `--rows` looks in: `echo/grpc/c64`, `client/echo/grpc/c64`, `filters/grpc/c64`.
impl fmt::Display for Row {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.subject {
            Subject::Server => self.work.fmt(formatter)?,
            Subject::Client => write!(formatter, "client/{}", self.work)?,
            Subject::Filters => formatter.write_str("filters")?,
            Subject::Observers => formatter.write_str("observers")?,
        }
        write!(formatter, "/{}/c{}", self.wire, self.concurrency)
    }
}
