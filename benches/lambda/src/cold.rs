//! The first event of a function that has no process.

use crate::Outcome;
use crate::caller::{Call, Caller};
use crate::peers::direct::Direct;
use crate::peers::iris_up::IrisUp;
use crate::report::{at, millis, table};
use crate::settings::Settings;
use bytes::Bytes;
use std::time::{Duration, Instant};

/// How many functions there are, each of which is woken once.
const FUNCTIONS: usize = 100;

/// Between two, so that the daemon has done what it does behind one: nobody starts functions in a row.
const PAUSE: Duration = Duration::from_millis(50);

/// From the event to its answer.
pub(crate) async fn measure(settings: &Settings) -> Outcome<String> {
    let function = settings.program("bench-function");
    let program = function.to_str().ok_or("a path that is no text")?;
    let event = Bytes::from_static(br#"{"name":"Ada"}"#);
    let mut daemons = Vec::new();
    for sandbox in ["best-effort", "off"] {
        let mut iris_up = IrisUp::start_with(settings, &["--sandbox", sandbox]).await?;
        for number in 0..FUNCTIONS {
            let name = format!("function-{number}");
            iris_up
                .run(&["push", program, "--lambda", "--name", &name])
                .await?;
        }
        // None has a process then.
        iris_up.restart().await?;
        daemons.push((sandbox, iris_up, Vec::new()));
    }
    let mut bare = Vec::new();
    for number in 0..FUNCTIONS {
        for (_, iris_up, took) in &mut daemons {
            let call = Call {
                address: iris_up.address,
                path: format!("/2015-03-31/functions/function-{number}/invocations"),
                body: Some(event.clone()),
                expected: "Hello, Ada".to_owned(),
            };
            let mut caller = Caller::connect(call.address).await?;
            let begun = Instant::now();
            caller.call(&call).await?;
            took.push(begun.elapsed());
            tokio::time::sleep(PAUSE).await;
        }
        let begun = Instant::now();
        let mut direct = Direct::start(&function).await?;
        direct.ask(event.clone()).await?;
        bare.push(begun.elapsed());
        direct.stop().await?;
        tokio::time::sleep(PAUSE).await;
    }
    bare.sort_unstable();
    let mut rows = vec![row(
        "`fork` and `exec` of it, and the event given",
        &bare,
        &bare,
    )];
    for (sandbox, iris_up, mut took) in daemons {
        took.sort_unstable();
        rows.push(row(
            &format!("iris-up, `--sandbox {sandbox}`"),
            &took,
            &bare,
        ));
        iris_up.stop().await?;
    }
    let heads = ["", "p50 ms", "p90 ms", "p99 ms", "to bare (p50)"];
    Ok(format!(
        "### Cold starts\n\n\
        From an event to its answer where the function has no process: {FUNCTIONS} functions, each once, in turns with the same \
        program started by the bench itself and given the same event. cargo-lambda starts a function by compiling it, which is no \
        peer to this. Aimed at: 1.5 times as long as bare.\n\n{}",
        table(&heads, &rows)
    ))
}

fn row(name: &str, took: &[Duration], bare: &[Duration]) -> Vec<String> {
    let ratio = at(took, 500).as_secs_f64() / at(bare, 500).as_secs_f64();
    vec![
        name.to_owned(),
        millis(at(took, 500)),
        millis(at(took, 900)),
        millis(at(took, 990)),
        format!("{ratio:.2}"),
    ]
}
