//! One turn of a peer's own client.

use crate::Outcome;
use crate::program::{Client, Program, Server};
use crate::row::{Row, Subject};
use crate::slice::Turn;
use rpc_peer::client::WARM_CALLS;
use std::time::{Duration, Instant};

/// Lets it call for so long.
pub(crate) fn timed(
    row: &Row,
    server: &Server,
    client: &mut Client,
    long: Duration,
) -> Outcome<Turn> {
    let Client(program) = client;
    program.tell(&format!("call {} {}", row.concurrency, long.as_millis()))?;
    program.hear()?;
    let (cpu, begun) = (subject(row, server, program).cpu()?, Instant::now());
    program.hear()?;
    Ok(Turn {
        cpu: subject(row, server, program).cpu()?.saturating_sub(cpu),
        wall: begun.elapsed(),
        latencies: program.hear()?.parse()?,
    })
}

/// Lets it make so many calls and counts allocations: of a call, and the bytes they ask for.
pub(crate) fn counted(row: &Row, server: &mut Server, client: &mut Client) -> Outcome<(f64, f64)> {
    let Client(program) = client;
    let mut calls = row.work.counted_calls().div_ceil(row.concurrency);
    server.program.count()?;
    program.tell(&format!("count {} {calls}", row.concurrency))?;
    let mut counted = program.allocations()?;
    let of_server = server.program.counted()?;
    if row.subject == Subject::Server {
        counted = of_server;
        calls += WARM_CALLS;
    }
    let calls = (calls * row.concurrency) as f64;
    Ok((counted.0 as f64 / calls, counted.1 as f64 / calls))
}

fn subject<'a>(row: &Row, server: &'a Server, client: &'a Program) -> &'a Program {
    match row.subject {
        Subject::Client => client,
        _ => &server.program,
    }
}
