//! The frame of a peer's own client.
//!
//! The program is given an address, a wire and a work, connects and prints `connected`. On its standard input it is told
//!
//! - `call CALLERS MILLISECONDS`: it warms up, prints `begun`, calls for so long, and prints `ended` and, in the next
//!   line, the latencies
//! - `count CALLERS CALLS`: each caller makes so many calls; it prints `ALLOCATIONS BYTES` of all of them
//!
//! It ends with its standard input.

use crate::histogram::Histogram;
use crate::server::{failed, say};
use crate::{Counting, Failure};
use std::io::BufRead;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering::Relaxed};
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

/// Before anything is measured.
const WARM_UP: Duration = Duration::from_millis(150);
/// Calls of each caller before allocations are counted.
pub const WARM_CALLS: usize = 16;

/// What a client is to call.
#[derive(Debug)]
pub struct Target {
    /// Of the server.
    pub address: String,
    /// `grpc`, `connect` or the peer's own.
    pub wire: String,
    /// `echo`, and `log` where the peer has no other client.
    pub work: String,
}

/// A client with its connection, cloned for each caller.
pub trait Caller: Clone + Send + Sync + 'static {
    /// Makes one call, and sees that the answer is right.
    fn call(&self) -> impl Future<Output = Result<(), Failure>> + Send;
}

/// Runs a client, until the standard input ends.
pub fn run<C: Caller, F>(
    allocations: &'static Counting,
    connect: impl FnOnce(Target) -> F,
) -> ExitCode
where
    F: Future<Output = Result<C, Failure>>,
{
    match obey(allocations, connect) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&*error),
    }
}

fn obey<C: Caller, F>(
    allocations: &Counting,
    connect: impl FnOnce(Target) -> F,
) -> Result<(), Failure>
where
    F: Future<Output = Result<C, Failure>>,
{
    let mut arguments = std::env::args().skip(1);
    let mut argument = || arguments.next().ok_or("usage: ADDRESS WIRE WORK");
    let target = Target {
        address: argument()?,
        wire: argument()?,
        work: argument()?,
    };
    let runtime = crate::runtime()?;
    let caller = runtime.block_on(connect(target))?;
    say("connected")?;
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let words: Vec<&str> = line.split(' ').collect();
        match words[..] {
            ["call", callers, millis] => {
                let long = Duration::from_millis(millis.parse()?);
                runtime.block_on(timed(&caller, callers.parse()?, long))?;
            }
            ["count", callers, calls] => {
                let (callers, calls) = (callers.parse()?, calls.parse()?);
                counted(&runtime, allocations, &caller, callers, calls)?;
            }
            _ => return Err(format!("`{line}` is nothing a client is told").into()),
        }
    }
    Ok(())
}

const WARMING: u8 = 0;
const MEASURED: u8 = 1;
const OVER: u8 = 2;

async fn timed<C: Caller>(caller: &C, callers: usize, long: Duration) -> Result<(), Failure> {
    let phase = Arc::new(AtomicU8::new(WARMING));
    let mut running = spawned(caller, callers, usize::MAX, &phase);
    tokio::time::sleep(WARM_UP).await;
    say("begun")?;
    phase.store(MEASURED, Relaxed);
    tokio::time::sleep(long).await;
    phase.store(OVER, Relaxed);
    say("ended")?;
    let mut latencies = Histogram::default();
    while let Some(more) = running.join_next().await {
        latencies.merge(&more??);
    }
    say(&latencies.to_string())
}

fn counted<C: Caller>(
    runtime: &Runtime,
    allocations: &Counting,
    caller: &C,
    callers: usize,
    calls: usize,
) -> Result<(), Failure> {
    let phase = Arc::new(AtomicU8::new(WARMING));
    let finish = |calls| -> Result<(), Failure> {
        runtime.block_on(async {
            let mut running = spawned(caller, callers, calls, &phase);
            while let Some(caller) = running.join_next().await {
                caller??;
            }
            Ok(())
        })
    };
    finish(WARM_CALLS)?;
    allocations.start();
    finish(calls)?;
    let (allocations, bytes) = allocations.stop();
    say(&format!("{allocations} {bytes}"))
}

fn spawned<C: Caller>(
    caller: &C,
    callers: usize,
    calls: usize,
    phase: &Arc<AtomicU8>,
) -> JoinSet<Result<Histogram, Failure>> {
    let mut running = JoinSet::new();
    for _ in 0..callers {
        running.spawn(calling(caller.clone(), calls, phase.clone()));
    }
    running
}

async fn calling<C: Caller>(
    caller: C,
    calls: usize,
    phase: Arc<AtomicU8>,
) -> Result<Histogram, Failure> {
    let mut latencies = Histogram::default();
    for _ in 0..calls {
        let begun = Instant::now();
        caller.call().await?;
        match phase.load(Relaxed) {
            WARMING => {}
            MEASURED => latencies.add(begun.elapsed()),
            _ => break,
        }
    }
    Ok(latencies)
}
