//! All turns.

use crate::Outcome;
use crate::call;
use crate::own;
use crate::payload::Payload;
use crate::program::{Client, Server};
use crate::row::{Peer, Row, Subject, Wire};
use crate::settings::Settings;
use crate::slice::{self, Turn, WARM_UP};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

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
    peer: Peer,
    pub(crate) load: Load,
    allocations: (f64, f64),
    turns: Vec<Turn>,
}

/// Who calls.
pub(crate) enum Load {
    /// This program; every answer has the same body.
    Raw {
        payload: Box<Payload>,
        body: Vec<u8>,
    },
    /// The peer's own client.
    Own(Client),
}

pub(crate) type Servers = BTreeMap<Peer, Server>;

/// Starts every server that a row needs.
pub(crate) fn start(settings: &Settings) -> Outcome<Servers> {
    let mut servers = Servers::new();
    for row in &settings.rows {
        for peer in row.peers.iter().map(|peer| row.server(*peer)) {
            if let Entry::Vacant(place) = servers.entry(peer) {
                let server = Server::start(&settings.programs, peer);
                place.insert(server.map_err(|error| format!("{}: {error}", peer.name()))?);
            }
        }
    }
    Ok(servers)
}

/// Measures every row.
pub(crate) async fn run(settings: &Settings) -> Outcome<Vec<Measured>> {
    let mut servers = start(settings)?;
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
        measured.push(measure(settings, row, &mut servers).await?);
    }
    Ok(measured)
}

async fn measure(settings: &Settings, row: &Row, servers: &mut Servers) -> Outcome<Measured> {
    let mut entrants = Vec::new();
    for &peer in &row.peers {
        let server = servers.get_mut(&row.server(peer));
        let server = server.ok_or("a server is missing")?;
        let entrant = entrant(settings, row, peer, server).await;
        entrants.push(entrant.map_err(|error| format!("{row}, {}: {error}", peer.name()))?);
    }
    for round in 0..row.rounds(settings.rounds) {
        // Another begins each time, so that none always follows the same.
        for place in 0..entrants.len() {
            let number = (place + round) % entrants.len();
            let entrant = &mut entrants[number];
            let server = servers.get(&row.server(entrant.peer));
            let server = server.ok_or("a server is missing")?;
            let turn = turn(settings, row, server, &mut entrant.load).await;
            let failed = |error| format!("{row}, {}: {error}", entrant.peer.name());
            entrant.turns.push(turn.map_err(failed)?);
        }
    }
    let peers = entrants.into_iter().map(|entrant| {
        let turns = Turns {
            turns: entrant.turns,
            allocations: entrant.allocations,
        };
        (entrant.peer, turns)
    });
    Ok(Measured {
        row: row.clone(),
        peers: peers.collect(),
    })
}

pub(crate) async fn entrant(
    settings: &Settings,
    row: &Row,
    peer: Peer,
    server: &mut Server,
) -> Outcome<Entrant> {
    let (load, allocations) = if row.subject == Subject::Client || row.wire == Wire::Own {
        let mut client = Client::start(&settings.programs, peer, row, server)?;
        let allocations = own::counted(row, server, &mut client)?;
        (Load::Own(client), allocations)
    } else {
        let payload = Box::new(Payload::new(row, peer, server.address)?);
        let body = call::proof(server.address, &payload).await?;
        let allocations = slice::counted(server, &payload, &body, row.concurrency).await?;
        (Load::Raw { payload, body }, allocations)
    };
    Ok(Entrant {
        peer,
        load,
        allocations,
        turns: Vec::new(),
    })
}

pub(crate) async fn turn(
    settings: &Settings,
    row: &Row,
    server: &Server,
    load: &mut Load,
) -> Outcome<Turn> {
    let long = settings.length;
    let turn = match load {
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
