//! A daemon in a folder of its own, and the ways to it.

use bytes::Bytes;
use http::{Method, Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper_util::client::legacy::Client as HttpClient;
use hyper_util::rt::TokioExecutor;
use iris_up_client::Remotes;
use iris_up_client::iris_client::Client;
use rustix::process::{Pid, Signal, kill_process};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, Command};

pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_iris-up");

/// Whatever has not come to pass after so long does not. Far more than it takes on a machine that is busy.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// The same for commands, of which some compile.
const COMPILING: Duration = Duration::from_secs(600);

/// A daemon that runs.
pub(crate) struct Daemon {
    pub(crate) folder: TempDir,
    settings: Vec<String>,
    child: Child,
    pub(crate) url: String,
}

impl Drop for Daemon {
    /// A daemon that is killed leaves its processes to the next one, and there is none.
    fn drop(&mut self) {
        let _ = self.child.start_kill();
        let begun = Instant::now();
        // Once it is gone it makes nothing new.
        while matches!(self.child.try_wait(), Ok(None)) && begun.elapsed() < PATIENCE {
            std::thread::yield_now();
        }
        for id in processes_of(self.folder.path()) {
            let _ = kill_process(Pid::from_raw(id).unwrap(), Signal::KILL);
        }
        remove_groups(&self.groups());
        end_all_from(self.folder.path());
    }
}

/// What a command printed, and how it ended.
#[derive(Debug)]
pub(crate) struct Printed {
    pub(crate) out: String,
    pub(crate) err: String,
    pub(crate) code: i32,
}

impl Daemon {
    pub(crate) async fn start() -> Daemon {
        Daemon::start_with(&[]).await
    }

    /// One that is told more.
    pub(crate) async fn start_with(settings: &[&str]) -> Daemon {
        Daemon::start_in(tempfile::tempdir().unwrap(), settings).await
    }

    /// The same with this folder.
    pub(crate) async fn start_in(folder: TempDir, settings: &[&str]) -> Daemon {
        let settings: Vec<String> = settings.iter().map(ToString::to_string).collect();
        let mut command = Command::new(PROGRAM);
        let (child, url) = serve(&mut command, folder.path(), &settings).await;
        Daemon {
            folder,
            settings,
            child,
            url,
        }
    }

    /// One whose program is started by another command, and whose folder is this.
    pub(crate) async fn start_by(command: &mut Command, folder: TempDir) -> Daemon {
        let (child, url) = serve(command, folder.path(), &[]).await;
        Daemon {
            folder,
            settings: Vec::new(),
            child,
            url,
        }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id().unwrap()
    }

    /// Where its apps' control groups are.
    pub(crate) fn groups(&self) -> Vec<PathBuf> {
        let places = std::fs::read_to_string(self.folder.path().join("groups"));
        places
            .unwrap_or_default()
            .lines()
            .map(PathBuf::from)
            .collect()
    }

    /// Waits until it is gone, and says how it has ended.
    pub(crate) async fn ended(&mut self) -> std::process::ExitStatus {
        within("the daemon's end", self.child.wait()).await.unwrap()
    }

    /// Sends it a signal, and waits until it is gone.
    pub(crate) async fn end_by(&mut self, signal: Signal) {
        let id = self.child.id().unwrap().cast_signed();
        kill_process(Pid::from_raw(id).unwrap(), signal).unwrap();
        self.ended().await;
    }

    /// The same, and starts another with the same folder.
    pub(crate) async fn restart_by(&mut self, signal: Signal) {
        self.restart_with(&mut Command::new(PROGRAM), signal).await;
    }

    /// The same, where another command starts it.
    pub(crate) async fn restart_with(&mut self, command: &mut Command, signal: Signal) {
        self.end_by(signal).await;
        (self.child, self.url) = serve(command, self.folder.path(), &self.settings).await;
    }

    /// Starts another with the same folder, where it was ended.
    pub(crate) async fn start_again(&mut self) {
        let mut command = Command::new(PROGRAM);
        (self.child, self.url) = serve(&mut command, self.folder.path(), &self.settings).await;
    }

    pub(crate) fn remotes(&self) -> Remotes {
        Remotes::new(Client::builder(&self.url).build().unwrap())
    }

    /// Runs the command line.
    pub(crate) async fn run(&self, arguments: &[&str]) -> Printed {
        self.run_as(arguments, |_| {}, "").await
    }

    /// The same with a program that is changed before, and with something to read.
    pub(crate) async fn run_as(
        &self,
        arguments: &[&str],
        change: impl FnOnce(&mut Command),
        input: &str,
    ) -> Printed {
        let mut command = Command::new(PROGRAM);
        command
            .args(arguments)
            .env("IRIS_UP_URL", &self.url)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        change(&mut command);
        let mut child = command.spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // It may end without having read it.
        let _ = stdin.write_all(input.as_bytes()).await;
        drop(stdin);
        let what = format!("the end of {arguments:?}");
        let output = within_time(&what, COMPILING, child.wait_with_output()).await;
        let output = output.unwrap();
        Printed {
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
            code: output.status.code().unwrap(),
        }
    }

    /// The same, where it has to work.
    pub(crate) async fn runs<const N: usize>(&self, arguments: [&str; N]) -> String {
        let printed = self.run(&arguments).await;
        assert_eq!(printed.code, 0, "{printed:?}");
        printed.out
    }

    /// A command, to be run by whoever asked for it.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command.args(arguments).env("IRIS_UP_URL", &self.url);
        command
    }

    pub(crate) async fn get(&self, path: &str) -> (u16, String) {
        get(&format!("{}{path}", self.url)).await
    }

    /// The same, for a task of its own.
    pub(crate) fn get_owned(&self, path: &str) -> impl Future<Output = (u16, String)> + use<> {
        let url = format!("{}{path}", self.url);
        async move { get(&url).await }
    }

    pub(crate) async fn post(&self, path: &str, body: impl Into<Bytes>) -> (u16, Bytes) {
        let request = Request::builder().method(Method::POST).uri(path);
        let response = self.send(request.body(body.into()).unwrap()).await;
        (response.status().as_u16(), response.into_body())
    }

    pub(crate) async fn send(&self, request: Request<Bytes>) -> Response<Bytes> {
        send(self.addressed(request)).await
    }

    /// An answer whose body is still to be read.
    pub(crate) async fn begin(&self, request: Request<Bytes>) -> Response<Incoming> {
        answer(self.addressed(request)).await
    }

    pub(crate) async fn open(&self, path: &str) -> Response<Incoming> {
        self.begin(Request::get(path).body(Bytes::new()).unwrap())
            .await
    }

    fn addressed(&self, request: Request<Bytes>) -> Request<Bytes> {
        let (mut parts, body) = request.into_parts();
        parts.uri = format!("{}{}", self.url, parts.uri).parse().unwrap();
        Request::from_parts(parts, body)
    }

    /// What an app has printed.
    pub(crate) fn log(&self, app: &str) -> String {
        let file = self.folder.path().join(format!("logs/{app}.log"));
        std::fs::read_to_string(file).unwrap_or_default()
    }

    /// The number behind a word that an app prints, once it has.
    pub(crate) async fn printed(&self, app: &str, word: &str) -> i32 {
        let start = format!(" out {word} ");
        until(word, || {
            let log = self.log(app);
            let mut lines = log.lines().rev();
            lines.find_map(|line| line.split_once(&start)?.1.parse().ok())
        })
        .await
    }

    /// A file that an app finds in its folder.
    pub(crate) fn give(&self, app: &str, file: &str) {
        std::fs::write(self.folder.path().join("apps").join(app).join(file), "").unwrap();
    }
}

/// What a GET of this URL answers.
pub(crate) async fn get(url: &str) -> (u16, String) {
    let response = send(Request::get(url).body(Bytes::new()).unwrap()).await;
    let text = String::from_utf8_lossy(response.body()).into_owned();
    (response.status().as_u16(), text)
}

async fn send(request: Request<Bytes>) -> Response<Bytes> {
    let (parts, body) = answer(request).await.into_parts();
    let body = within("the end of an answer", body.collect()).await;
    Response::from_parts(parts, body.unwrap().to_bytes())
}

async fn answer(request: Request<Bytes>) -> Response<Incoming> {
    let client = HttpClient::builder(TokioExecutor::new()).build_http();
    let what = format!("the answer of {}", request.uri());
    let answer = client.request(request.map(Full::new));
    within(&what, answer).await.unwrap()
}

/// A program that the tests push.
pub(crate) fn program(name: &str) -> PathBuf {
    let folder = Path::new(PROGRAM).parent().unwrap();
    let program = folder.join("examples").join(name);
    let built = program.exists();
    assert!(
        built,
        "{} is built by `cargo test -p iris-up`, without `--test`",
        program.display()
    );
    program
}

/// The same as an argument.
pub(crate) fn path(name: &str) -> String {
    program(name).to_str().unwrap().to_owned()
}

/// A daemon with this folder, and its URL.
async fn serve(command: &mut Command, folder: &Path, settings: &[String]) -> (Child, String) {
    let mut child = command
        .args(["serve", "--managed", "--data"])
        .arg(folder)
        .args(settings)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let line = within("the daemon's port", lines.next_line()).await;
    let port = line.unwrap().expect("a port");
    (child, format!("http://127.0.0.1:{port}"))
}

/// Ends what runs a program of this folder, whatever it did to its environment: where a daemon may not, it goes on.
fn end_all_from(folder: &Path) {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        let entries = std::fs::read_dir("/proc").unwrap();
        let running = entries.filter_map(|entry| {
            let entry = entry.ok()?;
            let program = std::fs::read_link(entry.path().join("exe")).ok()?;
            let id = entry.file_name().to_str()?.parse().ok()?;
            program.starts_with(folder).then_some(id)
        });
        let running: Vec<i32> = running.collect();
        if running.is_empty() {
            return;
        }
        for id in running {
            let _ = kill_process(Pid::from_raw(id).unwrap(), Signal::KILL);
        }
    }
}

/// Ends what is in control groups and removes them, as the next daemon would.
fn remove_groups(places: &[PathBuf]) {
    for place in places {
        for group in std::fs::read_dir(place).into_iter().flatten().flatten() {
            let inside = std::fs::read_to_string(group.path().join("cgroup.procs"));
            for id in inside.unwrap_or_default().lines() {
                let id = Pid::from_raw(id.parse().unwrap()).unwrap();
                let _ = kill_process(id, Signal::KILL);
            }
            // They have been ended, and are about to be gone.
            let begun = Instant::now();
            while group.path().is_dir()
                && std::fs::remove_dir(group.path()).is_err()
                && begun.elapsed() < PATIENCE
            {
                std::thread::yield_now();
            }
        }
        let _ = std::fs::remove_dir(place);
    }
}

/// The processes of the apps of the daemon with this folder.
pub(crate) fn processes_of(folder: &Path) -> Vec<i32> {
    let mut all = marked(folder);
    all.retain(|id| !waits_for_its_plan(*id));
    all
}

/// Those that are to become apps, and have not been told which.
pub(crate) fn ready_for_apps(folder: &Path) -> Vec<i32> {
    let mut all = marked(folder);
    all.retain(|id| waits_for_its_plan(*id));
    all
}

fn waits_for_its_plan(id: i32) -> bool {
    let words = std::fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
    let mut words = words.split(|byte| *byte == 0).skip(1);
    words.next() == Some(b"--iris-up-launch")
}

/// Whatever a daemon with this folder has started.
fn marked(folder: &Path) -> Vec<i32> {
    let mark = format!("IRIS_UP_DAEMON={}", folder.display());
    let entries = std::fs::read_dir("/proc").unwrap();
    let marked = entries.filter_map(|entry| {
        let entry = entry.ok()?;
        let environment = std::fs::read(entry.path().join("environ")).ok()?;
        let mut variables = environment.split(|byte| *byte == 0);
        variables.find(|variable| *variable == mark.as_bytes())?;
        entry.file_name().to_str()?.parse().ok()
    });
    marked.collect()
}

/// Whether a process runs.
pub(crate) fn runs(id: i32) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    let state = status.rsplit_once(") ").map(|(_, rest)| rest.as_bytes()[0]);
    state.is_some_and(|state| state != b'Z')
}

/// Looks until there is something to see.
pub(crate) async fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(seen) = look() {
            return seen;
        }
        assert!(begun.elapsed() < PATIENCE, "{what} does not come");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// The same, where each look takes its time.
pub(crate) async fn until_seen<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let looking = async {
        loop {
            if let Some(seen) = look().await {
                return seen;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    within(what, looking).await
}

/// What something comes to, which has so long and no longer.
pub(crate) async fn within<T>(what: &str, waited: impl Future<Output = T>) -> T {
    within_time(what, PATIENCE, waited).await
}

async fn within_time<T>(what: &str, time: Duration, waited: impl Future<Output = T>) -> T {
    let waited = tokio::time::timeout(time, waited).await;
    waited.unwrap_or_else(|_| panic!("{what} does not come"))
}
