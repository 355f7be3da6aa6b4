//! What is there already: events for a function whose process waits, and requests for a server that runs.

use crate::Outcome;
use crate::caller::{Call, load};
use crate::peers::cargo_lambda::CargoLambda;
use crate::peers::direct::Direct;
use crate::peers::iris_up::IrisUp;
use crate::peers::pm2::Pm2;
use crate::process::{memory, processor, resident, running};
use crate::report::{at, megabytes, micros, table};
use crate::settings::Settings;
use bytes::Bytes;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

const EVENT: &[u8] = br#"{"name":"Ada"}"#;
const ANSWER: &str = "Hello, Ada";

/// From how many sides at a time.
const SIDES: [usize; 3] = [1, 8, 64];

/// One way to have something answered.
struct Way {
    name: String,
    call: Call,
    sides: usize,
    /// What takes part, but for the app: the daemon, or nobody.
    between: Vec<u32>,
    took: Vec<Duration>,
    time: Duration,
    processor: Duration,
}

impl Way {
    fn new(name: &str, call: &Call, sides: usize, between: &[u32]) -> Way {
        Way {
            name: name.to_owned(),
            call: call.clone(),
            sides,
            between: between.to_vec(),
            took: Vec::new(),
            time: Duration::ZERO,
            processor: Duration::ZERO,
        }
    }

    async fn turn(&mut self, time: Duration) -> Outcome {
        // Connections, and processes where there are none yet.
        load(&self.call, self.sides, time / 10).await?;
        let (begun, before) = (Instant::now(), processor(&self.between)?);
        self.took.extend(load(&self.call, self.sides, time).await?);
        self.time += begun.elapsed();
        self.processor += processor(&self.between)? - before;
        Ok(())
    }

    fn row(mut self) -> Vec<String> {
        self.took.sort_unstable();
        let count = self.took.len();
        let between = match self.between.is_empty() {
            true => "–".to_owned(),
            false => micros(self.processor / u32::try_from(count).unwrap_or(u32::MAX).max(1)),
        };
        vec![
            self.name,
            self.sides.to_string(),
            format!("{:.0}", count as f64 / self.time.as_secs_f64()),
            micros(at(&self.took, 500)),
            micros(at(&self.took, 990)),
            between,
        ]
    }
}

/// Events and requests.
pub(crate) async fn measure(settings: &Settings) -> Outcome<String> {
    let iris_up = IrisUp::start(settings).await?;
    for (kind, program, name) in [
        (
            &["--lambda", "--keep-alive", "60"][..],
            "bench-function",
            "function",
        ),
        (&[], "bench-resident", "server"),
    ] {
        let program = settings.program(program);
        let program = program.to_str().ok_or("a path that is no text")?;
        let push = [&["push", program, "--name", name][..], kind].concat();
        iris_up.run(&push).await?;
    }
    let cargo_lambda = CargoLambda::start(settings).await?;
    let pm2 = Pm2::start(settings).await?;
    let served = pm2.push(settings, "server").await?;

    let functions = functions(settings, &iris_up, &cargo_lambda).await?;
    let servers = servers(settings, &iris_up, served).await?;

    let function = cargo_lambda.function()?;
    // The emulator's function is the one whose events came one by one.
    let function = (resident(function)?, memory(function)?);
    cargo_lambda.stop().await?;
    pm2.stop().await?;
    iris_up.stop().await?;
    Ok(format!(
        "### Events\n\n\
        An event of 14 bytes to a function with a process that waits for it, in Rust with iris-lambda, by `POST \
        /2015-03-31/functions/function/invocations`; `direct` is the same process, given its events by the bench itself, which \
        is what there is without anybody between. iris-up has up to ten processes of a function, the emulator of cargo-lambda \
        one. All take turns within a round. *Between* is the processor time of the daemon, or the emulator, for an event.\n\n\
        {functions}\n\
        The function has {} MB in memory after that, {} MB of which it shares with nobody. Aimed at: 3 times as many events a second \
        as cargo-lambda, a 99th percentile below 1000 µs with one at a time, and less than 10 MB.\n\n\
        ### Requests\n\n\
        A `GET` to a server that answers with a line: by way of iris-up's gateway, and straight to its port. PM2 has no gateway: \
        requests go straight to what it keeps running.\n\n\
        {servers}",
        megabytes(function.0),
        megabytes(function.1),
    ))
}

async fn functions(
    settings: &Settings,
    iris_up: &IrisUp,
    cargo_lambda: &CargoLambda,
) -> Outcome<String> {
    let call = |address: SocketAddr| Call {
        address,
        path: "/2015-03-31/functions/function/invocations".to_owned(),
        body: Some(Bytes::from_static(EVENT)),
        expected: ANSWER.to_owned(),
    };
    let daemon = [iris_up.id()?];
    let emulator = [cargo_lambda.id()?];
    let mut ways = Vec::new();
    for sides in SIDES {
        ways.push(Way::new("iris-up", &call(iris_up.address), sides, &daemon));
        ways.push(Way::new(
            "cargo-lambda",
            &call(cargo_lambda.address),
            sides,
            &emulator,
        ));
    }
    let mut direct = Direct::start(&settings.program("bench-function")).await?;
    let mut took = Vec::new();
    for round in 0..settings.rounds {
        let count = ways.len();
        for turn in 0..count {
            ways[(round + turn) % count].turn(settings.time).await?;
        }
        let end = Instant::now() + settings.time;
        while Instant::now() < end {
            let begun = Instant::now();
            let answer = direct.ask(Bytes::from_static(EVENT)).await?;
            took.push(begun.elapsed());
            if !answer.ends_with(b"Hello, Ada\"}") {
                return Err("the function does not answer".into());
            }
        }
    }
    direct.stop().await?;
    took.sort_unstable();
    let time: Duration = took.iter().sum();
    let mut rows: Vec<_> = ways.into_iter().map(Way::row).collect();
    rows.push(vec![
        "direct".to_owned(),
        "1".to_owned(),
        format!("{:.0}", took.len() as f64 / time.as_secs_f64()),
        micros(at(&took, 500)),
        micros(at(&took, 990)),
        "–".to_owned(),
    ]);
    Ok(table(&HEADS, &rows))
}

async fn servers(settings: &Settings, iris_up: &IrisUp, served: SocketAddr) -> Outcome<String> {
    let call = |address: SocketAddr, path: &str| Call {
        address,
        path: path.to_owned(),
        body: None,
        expected: "Hello".to_owned(),
    };
    let own = running(&settings.program("bench-resident"))?;
    if own.is_empty() {
        return Err("no server runs".into());
    }
    let daemon = [iris_up.id()?];
    let mut ways = Vec::new();
    for sides in SIDES {
        ways.push(Way::new(
            "iris-up's gateway",
            &call(iris_up.address, "/server/"),
            sides,
            &daemon,
        ));
        ways.push(Way::new(
            "straight to its port",
            &call(served, "/"),
            sides,
            &[],
        ));
    }
    for round in 0..settings.rounds {
        let count = ways.len();
        for turn in 0..count {
            ways[(round + turn) % count].turn(settings.time).await?;
        }
    }
    let rows: Vec<_> = ways.into_iter().map(Way::row).collect();
    Ok(table(&HEADS, &rows))
}

const HEADS: [&str; 6] = [
    "",
    "at a time",
    "a second",
    "p50 µs",
    "p99 µs",
    "between µs",
];
