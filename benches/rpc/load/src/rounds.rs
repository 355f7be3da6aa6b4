//! All turns.

use crate::Outcome;
use crate::call;
use crate::payload::Payload;
use crate::program::Server;
use crate::row::{Peer, Row};
use crate::settings::Settings;
use crate::slice::{self, Turn};
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
struct Entrant {
    peer: Peer,
    payload: Payload,
    /// Bytes of every answer.
    length: usize,
    allocations: (f64, f64),
    turns: Vec<Turn>,
}

/// Measures every row.
pub(crate) async fn run(settings: &Settings) -> Outcome<Vec<Measured>> {
    let mut servers = BTreeMap::new();
    for peer in settings.rows.iter().flat_map(|row| &row.peers) {
        if !servers.contains_key(peer) {
            let server = Server::start(&settings.programs, *peer)
                .map_err(|error| format!("{}: {error}", peer.name()))?;
            servers.insert(*peer, server);
        }
    }
    let mut measured = Vec::new();
    for row in &settings.rows {
        eprintln!("{row}");
        measured.push(measure(settings, row, &mut servers).await?);
    }
    Ok(measured)
}

async fn measure(
    settings: &Settings,
    row: &Row,
    servers: &mut BTreeMap<Peer, Server>,
) -> Outcome<Measured> {
    let mut entrants = Vec::new();
    for &peer in &row.peers {
        let failed = |error| format!("{row}, {}: {error}", peer.name());
        let server = servers.get_mut(&peer).ok_or("a server is missing")?;
        entrants.push(entrant(row, peer, server).await.map_err(failed)?);
    }
    for round in 0..settings.rounds {
        // Another begins each time, so that none always follows the same.
        for place in 0..entrants.len() {
            let number = (place + round) % entrants.len();
            let entrant = &mut entrants[number];
            let server = servers.get(&entrant.peer).ok_or("a server is missing")?;
            let turn = slice::timed(
                server,
                &entrant.payload,
                entrant.length,
                row.concurrency,
                settings.length,
            )
            .await
            .map_err(|error| format!("{row}, {}: {error}", entrant.peer.name()))?;
            entrant.turns.push(turn);
        }
    }
    Ok(Measured {
        row: row.clone(),
        peers: entrants
            .into_iter()
            .map(|entrant| {
                let turns = Turns {
                    turns: entrant.turns,
                    allocations: entrant.allocations,
                };
                (entrant.peer, turns)
            })
            .collect(),
    })
}

async fn entrant(row: &Row, peer: Peer, server: &mut Server) -> Outcome<Entrant> {
    let payload = Payload::new(row, peer, server.address)?;
    let length = call::proof(server.address, &payload).await?;
    let allocations = slice::counted(server, &payload, length, row.concurrency).await?;
    Ok(Entrant {
        peer,
        payload,
        length,
        allocations,
        turns: Vec::new(),
    })
}
