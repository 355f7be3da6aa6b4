//! The quickstart server, or another, on free ports.

use crate::failure::{Failure, Outcome};
use crate::program::Program;
use crate::workspace::Workspace;
use serde_json::Value;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, ChildStderr, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// What the server logs before its address.
const LISTENING: &str = "listening at ";

/// How long it may take to start.
const START: Duration = Duration::from_secs(60);

/// Between two looks whether it has ended.
const LOOK: Duration = Duration::from_millis(20);

/// How long it lives: a call that hangs fails when its server is gone.
const LIFE: Duration = Duration::from_secs(300);

/// Builds the quickstart and gives back its program.
pub(crate) fn build(workspace: &Workspace) -> Outcome<PathBuf> {
    build_target(workspace, "quickstart", ["--bin", "quickstart"])
}

/// Builds a program of a package and gives it back.
pub(crate) fn build_target(
    workspace: &Workspace,
    package: &str,
    target: [&str; 2],
) -> Outcome<PathBuf> {
    let build = || {
        workspace
            .cargo(["build", "--package", package])
            .args(target)
    };
    build().run()?;
    // Once more, now that nothing is left to do, to be told where it is.
    let built = build().arg("--message-format=json");
    let messages = built.stdout()?;
    let artifacts = messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut programs =
        artifacts.filter_map(|message| message["executable"].as_str().map(PathBuf::from));
    programs
        .next()
        .ok_or_else(|| Failure::new(format!("`cargo build --package {package}` made no program")))
}

/// A running server. It ends when dropped.
#[derive(Debug)]
pub(crate) struct Server {
    urls: Vec<String>,
    child: Arc<Mutex<Child>>,
    /// Dropped with the server, so that nothing waits for the end of its life.
    _alive: Sender<()>,
}

impl Server {
    /// Starts the quickstart and waits until it listens.
    pub(crate) fn start(program: &PathBuf) -> Outcome<Self> {
        Server::listening(Program::new(program).args(["--serve", "127.0.0.1:0"]), 1)
    }

    /// Starts a program and waits until it listens at so many addresses.
    pub(crate) fn listening(program: Program, count: usize) -> Outcome<Self> {
        let shown = program.shown();
        let mut child = program.start(Stdio::null(), Stdio::piped())?;
        let log = child.stderr.take();
        let child = Arc::new(Mutex::new(child));
        let (alive, ended) = mpsc::channel();
        end_in_time(Arc::clone(&child), ended);
        let addresses = log.map(addresses);
        let next = || addresses.as_ref()?.recv_timeout(START).ok();
        // From here on an early return ends it.
        let server = Server {
            urls: std::iter::from_fn(next).take(count).collect(),
            child,
            _alive: alive,
        };
        match server.urls.len() == count {
            false => Err(Failure::during(
                shown,
                format!("did not log `{LISTENING}` and an address {count} times"),
            )),
            true => Ok(server),
        }
    }

    /// `http://127.0.0.1:41213`
    pub(crate) fn url(&self) -> &str {
        &self.urls[0]
    }

    /// All of them, in the order in which they were logged.
    pub(crate) fn urls(&self) -> &[String] {
        &self.urls
    }

    /// `127.0.0.1:41213`
    pub(crate) fn address(&self) -> &str {
        self.url().trim_start_matches("http://")
    }
}

impl Server {
    /// Tells what it has started to end (SIGTERM), as a container's runtime does, and waits for that; gives how it ended.
    #[expect(
        clippy::disallowed_methods,
        reason = "a chore has no runtime, and waits for another process"
    )]
    pub(crate) fn end(self, time: Duration) -> Outcome<String> {
        let begun = Instant::now();
        let mut child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
        let own = child.id();
        let started = format!("/proc/{own}/task/{own}/children");
        let started = fs::read_to_string(&started).map_err(|why| Failure::during(started, why))?;
        let kill = Program::new("sh").args(["-c", "kill -TERM \"$@\"", "sh"]);
        kill.args(started.split_whitespace()).run()?;
        while begun.elapsed() < time {
            match child.try_wait() {
                Ok(Some(status)) => return Ok(status.to_string()),
                Ok(None) => thread::sleep(LOOK),
                Err(why) => return Err(Failure::during("waiting for its end", why)),
            }
        }
        Ok(format!("it runs after {} s", time.as_secs()))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        end(&self.child);
    }
}

/// Reads the server's log to its end, and tells each address in it.
fn addresses(log: ChildStderr) -> Receiver<String> {
    let (found, addresses) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(log).lines().map_while(Result::ok) {
            match line.split_once(LISTENING) {
                // Not all of them are waited for.
                Some((_, address)) => drop(found.send(address.trim().to_owned())),
                None => println!("  server: {line}"),
            }
        }
    });
    addresses
}

fn end_in_time(child: Arc<Mutex<Child>>, ended: Receiver<()>) {
    thread::spawn(move || {
        if ended.recv_timeout(LIFE) == Err(RecvTimeoutError::Timeout) {
            println!("  server: ended after {} s", LIFE.as_secs());
            end(&child);
        }
    });
}

fn end(child: &Mutex<Child>) {
    let mut child = child.lock().unwrap_or_else(PoisonError::into_inner);
    // Either fails only where it has ended already.
    let _ = child.kill();
    let _ = child.wait();
}
