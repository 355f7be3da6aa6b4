//! What a call costs with Iris, beside its peers.
//!
//! `cargo xtask bench rpc` builds this program and the peers' and starts it. Each peer's server is a program of its own,
//! so that its processor time and its allocations are its alone; they take turns, a second or two each, so that whatever
//! else the machine does falls on all of them.
//!
//! - [`row`]: what is measured; [`settings`]: which of it, and for how long
//! - [`payload`]: requests as bytes, made once; [`call`]: sending them with h2 alone
//! - [`program`]: the peers' programs; [`slice`]: one turn of one peer; [`own`]: one turn of its client; [`rounds`]: all turns
//! - [`profile`]: where the time of a call goes
//! - [`report`]: tables; [`machine`]: what they were measured on

mod call;
mod machine;
mod own;
mod payload;
mod profile;
mod program;
mod report;
mod rounds;
mod row;
mod settings;
mod slice;

use rpc_peer::Failure;
use settings::Settings;
use std::process::ExitCode;

type Outcome<T = ()> = Result<T, Failure>;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("rpc-bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Outcome {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let settings = Settings::read(&arguments)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let report = match settings.profile {
        true => runtime.block_on(profile::run(&settings))?,
        false => {
            let results = runtime.block_on(rounds::run(&settings))?;
            report::report(&settings, &results)?
        }
    };
    match &settings.report {
        Some(path) => Ok(std::fs::write(path, report)?),
        None => {
            print!("{report}");
            Ok(())
        }
    }
}
