//! The most that an answer without end takes, until its client refuses it.

use crate::measured::Measured;
use crate::peaks::{Peak, alone, printed, rows};
use crate::said_without_end::{self, Asks, Told};
use end_to_end_client::Remotes;
use std::net::TcpListener;
use std::{env, thread};

/// Names the way in which it is asked for, what is to come of it, and the server.
const ENDLESS: &str = "IRIS_MEMORY_ENDLESS";

/// As the attacks on a server are measured; this process is the server, so that what it says is not counted.
pub(crate) fn measure_each() {
    println!("\n| a client, an answer without end | at most | bound |\n|---|---|---|");
    for endless in said_without_end::all() {
        let what = endless.what;
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let asked = format!("{:?} {:?} http://{address}", endless.asks, endless.told);
        let bound = endless.bound;
        let saying = thread::spawn(move || endless.say(listener.accept().unwrap().0));
        let mut alone = alone();
        let text = printed(what, alone.env(ENDLESS, asked));
        saying.join().unwrap();
        rows(what, &text, bound);
    }
}

/// How this process is to ask, what it is to make of the answer, and where, if it was started for that.
pub(crate) fn to_be_measured() -> Option<String> {
    env::var(ENDLESS).ok()
}

/// Asks a server that answers so, and prints what that cost.
pub(crate) async fn measure(asked: &str) {
    let mut parts = asked.split(' ');
    let asks = parts.next().and_then(Asks::of_name).unwrap();
    let told = parts.next().and_then(Told::of_name).unwrap();
    let url = parts.next().unwrap();
    let good = Measured::start().await;
    let remotes = Remotes::new(asks.client(url).build().unwrap());
    let peak = Peak::begin(&good).await;
    let asked = asks.ask(&remotes).await;
    peak.print();
    told.hold("this process", asked);
}
