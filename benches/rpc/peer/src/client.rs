//! The frame of a peer's own client.
//!
//! The program is given an address, a wire, a work, and how many bytes the message of a request has in the binary format, which
//! its standard input begins with. It connects and prints `connected`. From then on it is told
//!
//! - `call CALLERS MILLISECONDS`: it warms up, prints `begun`, calls for so long, and prints `ended` and, in the next
//!   line, the latencies
//! - `count CALLERS CALLS`: each caller makes so many calls; it prints `ALLOCATIONS BYTES` of all of them
//!
//! It ends with its standard input.

use crate::histogram::Histogram;
use crate::server::{failed, say};
use crate::{Counting, Failure};
use std::io::{BufRead, Read};
use std::process::ExitCode;
use std::str::FromStr;
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
    /// `grpc`, `grpc-json`, `connect`, `connect-json` or `own`.
    pub wire: String,
    /// What to call.
    pub work: Work,
    /// The message of a request; one of many, where requests are streams.
    pub request: Vec<u8>,
}

/// What is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// A `Text`, and the same back.
    Echo,
    /// A `LogBatch`, and how many records it has.
    Log,
    /// A `Blob`, and the same back.
    Large,
    /// [`MESSAGES`](crate::MESSAGES) of `Text` down.
    Download,
    /// [`MESSAGES`](crate::MESSAGES) of `Text` up, and how many they were.
    Upload,
    /// A `Text` up and the same down, by turns on one stream, each of which counts as a call.
    Chat,
}

impl FromStr for Work {
    type Err = Failure;

    fn from_str(name: &str) -> Result<Work, Failure> {
        match name {
            "echo" => Ok(Work::Echo),
            "log" => Ok(Work::Log),
            "large" => Ok(Work::Large),
            "download" => Ok(Work::Download),
            "upload" => Ok(Work::Upload),
            "chat" => Ok(Work::Chat),
            other => Err(format!("no work is called `{other}`").into()),
        }
    }
}

/// A client with its connection, cloned for each caller.
pub trait Caller: Clone + Send + 'static {
    /// Makes one call, and sees that the answer is right.
    fn call(&mut self) -> impl Future<Output = Result<(), Failure>> + Send;
}

/// Whether an answer is what it should be.
///
/// # Errors
///
/// Where it is not.
pub fn right<T: PartialEq>(answer: &T, wanted: &T) -> Result<(), Failure> {
    match answer == wanted {
        true => Ok(()),
        false => Err("the answer is something else".into()),
    }
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
    let mut argument = || arguments.next().ok_or("usage: ADDRESS WIRE WORK LENGTH");
    let mut target = Target {
        address: argument()?,
        wire: argument()?,
        work: argument()?.parse()?,
        request: vec![0; argument()?.parse()?],
    };
    std::io::stdin().lock().read_exact(&mut target.request)?;
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
    mut caller: C,
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
