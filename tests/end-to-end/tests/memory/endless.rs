//! The most that an answer without end takes, until its client refuses it.

use crate::measured::Measured;
use crate::peaks::{Peak, rows};
use crate::said_without_end::{self, Endless};
use end_to_end_client::Remotes;
use end_to_end_client::iris_client::RetryPolicy;
use std::net::TcpListener;
use std::process::Command;
use std::{env, thread};

/// Names what is answered.
const ENDLESS: &str = "IRIS_MEMORY_ENDLESS";

/// As the attacks on a server are measured.
pub(crate) fn measure_each() {
    println!("\n| a client, an answer without end | at most | bound |\n|---|---|---|");
    for endless in said_without_end::all() {
        let what = endless.what;
        let output = Command::new(env::current_exe().unwrap())
            .args([
                "--exact",
                "--nocapture",
                "what_hostile_callers_cost_is_bounded",
            ])
            .env(ENDLESS, what)
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            output.status.success(),
            "{what}: {text}{}",
            String::from_utf8_lossy(&output.stderr)
        );
        rows(what, &text, endless.bound);
    }
}

/// What this process is to measure, if it was started for that.
pub(crate) fn to_be_measured() -> Option<Endless> {
    let what = env::var(ENDLESS).ok()?;
    let mut all = said_without_end::all().into_iter();
    Some(all.find(|endless| endless.what == what).unwrap())
}

/// Asks a server that answers so, and prints what that cost.
pub(crate) async fn measure(endless: Endless) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let good = Measured::start().await;
    let said = endless.clone();
    // It ends with this process.
    thread::spawn(move || said.say(listener.accept().unwrap().0));
    let client = endless.client(&url).retry(RetryPolicy::never());
    let remotes = Remotes::new(client.build().unwrap());
    let peak = Peak::begin(&good).await;
    endless.ask(&remotes).await;
    peak.print();
}
