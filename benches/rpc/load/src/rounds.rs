//! All turns.

use crate::Outcome;
use crate::call;
use crate::own;
use crate::payload::Payload;
use crate::program::{Client, Program, Server};
use crate::row::{Peer, Row, Subject, Wire};
use crate::settings::Settings;
use crate::slice::{self, Turn, WARM_UP};
use std::collections::BTreeMap;

/// What a row showed.
#[derive(Debug)]
pub(crate) struct Measured {
    pub(crate) row: Row,
    pub(crate) peers: BTreeMap<Peer, Turns>,
}

/// What a peer showed.
#[derive(Debug)]
pub(crate) struct Turns {
    /// One for each round.
    pub(crate) turns: Vec<Turn>,
    /// Allocations of a call, and the bytes they ask for.
    pub(crate) allocations: (f64, f64),
}

/// A peer about to be measured in a row.
pub(crate) struct Entrant {
    // Its client ends first.
    load: Load,
    server: Server,
}

/// Who calls.
enum Load {
    /// This program; every answer has the same body.
    Raw {
        payload: Box<Payload>,
        body: Vec<u8>,
    },
    /// The peer's own client.
    Own(Client),
}

/// Measures every row.
pub(crate) async fn run(settings: &Settings) -> Outcome<Vec<Measured>> {
    let mut measured = Vec::new();
    let turns = |row: &Row| row.rounds(settings.rounds) * row.peers.len();
    let turns: usize = settings.rows.iter().map(turns).sum();
    let long = (settings.length + WARM_UP).mul_f64(turns as f64);
    eprintln!(
        "{} rows, {turns} turns: {:.0} minutes, and some for counting",
        settings.rows.len(),
        long.as_secs_f64() / 60.0
    );
    for row in &settings.rows {
        eprintln!("{row}");
        measured.push(measure(settings, row).await?);
    }
    Ok(measured)
}

async fn measure(settings: &Settings, row: &Row) -> Outcome<Measured> {
    let mut peers = BTreeMap::new();
    for &peer in &row.peers {
        let mut entrant = Entrant::start(settings, row, peer).await?;
        let allocations = entrant.counted(row).await;
        let turns = Turns {
            turns: Vec::new(),
            allocations: allocations.map_err(|error| format!("{row}, {}: {error}", peer.name()))?,
        };
        peers.insert(peer, turns);
    }
    for round in 0..row.rounds(settings.rounds) {
        // Another begins each time, so that none always follows the same.
        for place in 0..row.peers.len() {
            let peer = row.peers[(place + round) % row.peers.len()];
            // How a process happens to lie in memory, and its threads in the allocator's, makes up to a fifth of what some
            // rows show; so each turn has another.
            let mut entrant = Entrant::start(settings, row, peer).await?;
            let turn = entrant.turn(settings, row).await;
            let turn = turn.map_err(|error| format!("{row}, {}: {error}", peer.name()))?;
            let shown = peers.get_mut(&peer).ok_or("a peer is missing")?;
            shown.turns.push(turn);
        }
    }
    Ok(Measured {
        row: row.clone(),
        peers,
    })
}

impl Entrant {
    /// Starts a peer's programs, and sees that they answer.
    pub(crate) async fn start(settings: &Settings, row: &Row, peer: Peer) -> Outcome<Entrant> {
        let begun = async {
            let server = Server::start(&settings.programs, row.server(peer))?;
            let load = if row.subject == Subject::Client || row.wire == Wire::Own {
                Load::Own(Client::start(&settings.programs, peer, row, &server)?)
            } else {
                let payload = Box::new(Payload::new(row, peer, server.address)?);
                let body = call::proof(server.address, &payload).await?;
                Load::Raw { payload, body }
            };
            Ok(Entrant { server, load })
        };
        let begun: Outcome<Entrant> = begun.await;
        begun.map_err(|error| format!("{row}, {}: {error}", peer.name()).into())
    }

    /// Allocations of a call, and the bytes they ask for.
    async fn counted(&mut self, row: &Row) -> Outcome<(f64, f64)> {
        let server = &mut self.server;
        match &mut self.load {
            Load::Own(client) => own::counted(row, server, client),
            Load::Raw { payload, body } => {
                slice::counted(server, payload, body, row.concurrency).await
            }
        }
    }

    /// Calls for as long as a turn is.
    pub(crate) async fn turn(&mut self, settings: &Settings, row: &Row) -> Outcome<Turn> {
        let (server, long) = (&self.server, settings.length);
        let turn = match &mut self.load {
            Load::Raw { payload, body } => {
                slice::timed(server, payload, body, row.concurrency, long).await?
            }
            Load::Own(client) => own::timed(row, server, client, long)?,
        };
        match turn.latencies.calls() {
            0 => Err("no call ended within a turn; --seconds makes turns longer".into()),
            _ => Ok(turn),
        }
    }

    /// The program that is measured.
    pub(crate) fn subject(&self, row: &Row) -> &Program {
        match (&self.load, row.subject) {
            (Load::Own(client), Subject::Client) => &client.0,
            _ => &self.server.program,
        }
    }
}
