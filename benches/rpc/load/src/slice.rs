//! One turn of one peer.

use crate::Outcome;
use crate::call::Connection;
use crate::payload::Payload;
use crate::program::Server;
use crate::row::Work;
use rpc_peer::histogram::Histogram;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant};
use tokio::task::{JoinSet, LocalSet};

/// Calls are spread over as many connections, or fewer where there are fewer calls.
const CONNECTIONS: usize = 4;
/// Before anything is measured: its program has only begun.
pub(crate) const WARM_UP: Duration = Duration::from_millis(250);
/// Calls of each caller before allocations are counted.
const WARM_CALLS: usize = 16;

/// What a turn showed.
#[derive(Debug, Clone)]
pub(crate) struct Turn {
    pub(crate) wall: Duration,
    /// Processor time of the program that is measured.
    pub(crate) cpu: Duration,
    pub(crate) latencies: Histogram,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    WarmUp,
    Measured,
    Over,
}

/// What all callers of a turn share.
#[derive(Debug)]
struct Shared {
    payload: Payload,
    /// The body of every answer; of a chat, of every turn.
    body: Vec<u8>,
    phase: Cell<Phase>,
    latencies: RefCell<Histogram>,
}

/// Calls for so long.
pub(crate) async fn timed(
    server: &Server,
    payload: &Payload,
    body: &[u8],
    concurrency: usize,
    long: Duration,
) -> Outcome<Turn> {
    let shared = Shared::new(payload, body, Phase::WarmUp);
    let connections = connections(server, concurrency).await?;
    let local = LocalSet::new();
    let callers = callers(&local, &shared, connections, usize::MAX);
    local
        .run_until(async {
            tokio::time::sleep(WARM_UP).await;
            let (cpu, begun) = (server.program.cpu()?, Instant::now());
            shared.phase.set(Phase::Measured);
            tokio::time::sleep(long).await;
            shared.phase.set(Phase::Over);
            let turn = Turn {
                cpu: server.program.cpu()?.saturating_sub(cpu),
                wall: begun.elapsed(),
                latencies: shared.latencies.take(),
            };
            finished(callers).await?;
            Ok(turn)
        })
        .await
}

/// Makes so many calls and counts allocations: of a call, and the bytes they ask for.
pub(crate) async fn counted(
    server: &mut Server,
    payload: &Payload,
    body: &[u8],
    concurrency: usize,
) -> Outcome<(f64, f64)> {
    let calls = payload.work.counted_calls().div_ceil(concurrency);
    let shared = Shared::new(payload, body, Phase::WarmUp);
    let connections = connections(server, concurrency).await?;
    let local = LocalSet::new();
    let callers = self::callers(&local, &shared, connections.clone(), WARM_CALLS.min(calls));
    local.run_until(finished(callers)).await?;
    server.program.count()?;
    let callers = self::callers(&local, &shared, connections, calls);
    local.run_until(finished(callers)).await?;
    let (allocations, bytes) = server.program.counted()?;
    let calls = (calls * concurrency) as f64;
    Ok((allocations as f64 / calls, bytes as f64 / calls))
}

impl Shared {
    fn new(payload: &Payload, body: &[u8], phase: Phase) -> Rc<Shared> {
        Rc::new(Shared {
            payload: payload.clone(),
            body: body.to_owned(),
            phase: Cell::new(phase),
            latencies: RefCell::default(),
        })
    }

    fn done(&self, begun: Instant) {
        if self.phase.get() == Phase::Measured {
            self.latencies.borrow_mut().add(begun.elapsed());
        }
    }
}

/// One connection for each caller; callers share them.
async fn connections(server: &Server, concurrency: usize) -> Outcome<Vec<Connection>> {
    let mut open = Vec::new();
    for _ in 0..CONNECTIONS.min(concurrency) {
        open.push(Connection::open(server.address).await?);
    }
    Ok(open.iter().cycle().take(concurrency).cloned().collect())
}

fn callers(
    local: &LocalSet,
    shared: &Rc<Shared>,
    connections: Vec<Connection>,
    calls: usize,
) -> JoinSet<Outcome> {
    let mut callers = JoinSet::new();
    for connection in connections {
        let shared = shared.clone();
        callers.spawn_local_on(caller(shared, connection, calls), local);
    }
    callers
}

async fn finished(mut callers: JoinSet<Outcome>) -> Outcome {
    while let Some(caller) = callers.join_next().await {
        caller??;
    }
    Ok(())
}

async fn caller(shared: Rc<Shared>, mut connection: Connection, calls: usize) -> Outcome {
    let payload = &shared.payload;
    let mut chat = match payload.work {
        Work::Chat => Some(connection.chat(payload).await?),
        _ => None,
    };
    for _ in 0..calls {
        if shared.phase.get() == Phase::Over {
            break;
        }
        let begun = Instant::now();
        let mut rest = Some(&shared.body[..]);
        let compare = |chunk: &[u8]| rest = rest.and_then(|rest| rest.strip_prefix(chunk));
        match &mut chat {
            Some(chat) => chat.turn(payload, compare).await?,
            None => connection.call(payload, compare).await?,
        }
        if rest != Some(&[]) {
            return Err("an answer says something else than the first did".into());
        }
        shared.done(begun);
    }
    match chat {
        Some(chat) => chat.end(payload).await,
        None => Ok(()),
    }
}
