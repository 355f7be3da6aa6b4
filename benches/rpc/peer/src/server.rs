//! The frame of a peer's server.
//!
//! The program prints `at ADDRESS` and serves. On its standard input it is told `count`, after which it counts
//! allocations, and `counted`, which it answers with `ALLOCATIONS BYTES`. It ends with its standard input.

use crate::{Counting, Failure};
use std::io::{BufRead, Write};
use std::net::SocketAddr;
use std::process::ExitCode;

/// Where the server tells its address.
#[derive(Debug)]
pub struct Ready(());

impl Ready {
    /// The server answers at this address.
    ///
    /// # Errors
    ///
    /// Where nobody reads it.
    pub fn at(self, address: SocketAddr) -> Result<(), Failure> {
        say(&format!("at {address}"))
    }
}

/// Runs a server, until the standard input ends.
pub fn run<S>(allocations: &'static Counting, serve: impl FnOnce(Ready) -> S) -> ExitCode
where
    S: Future<Output = Result<(), Failure>>,
{
    std::thread::spawn(move || {
        let told = obey(allocations);
        #[expect(
            clippy::disallowed_methods,
            reason = "the server runs on other threads until its parent is done, and has nothing to flush"
        )]
        std::process::exit(i32::from(told.is_err()));
    });
    let runtime = match crate::runtime() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error),
    };
    match runtime.block_on(serve(Ready(()))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&*error),
    }
}

fn obey(allocations: &Counting) -> Result<(), Failure> {
    for line in std::io::stdin().lock().lines() {
        match line?.as_str() {
            "count" => {
                // The bench calls as soon as it hears that.
                allocations.start();
                say("counting")?;
            }
            "counted" => {
                let (allocations, bytes) = allocations.stop();
                say(&format!("{allocations} {bytes}"))?;
            }
            other => return Err(format!("`{other}` is nothing a server is told").into()),
        }
    }
    Ok(())
}

pub(crate) fn say(line: &str) -> Result<(), Failure> {
    let mut stdout = std::io::stdout().lock();
    writeln!(stdout, "{line}")?;
    Ok(stdout.flush()?)
}

pub(crate) fn failed(error: &(dyn std::error::Error + 'static)) -> ExitCode {
    eprintln!("{error}");
    ExitCode::FAILURE
}
