//! `iris-up dev`: a package that is changed while it runs.

mod killed;

use crate::support::{PROGRAM, get, runs, until, within};
use iris_up_client::Remotes;
use iris_up_client::iris_client::Client;
use iris_up_client::messages::iris::up::v1::AppRequest;
use rustix::process::{Pid, Signal, kill_process};
use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

/// A server without any dependency: it answers with what stands here, the argument that it was given, and its process.
const SERVER: &str = r#"
use std::io::{Read, Write};
fn main() {
    let argument = std::env::args().nth(1).unwrap_or_default();
    println!("serves {}", WORD);
    let address = format!("{}:{}", std::env::var("HOST").unwrap(), std::env::var("PORT").unwrap());
    for socket in std::net::TcpListener::bind(address).unwrap().incoming() {
        let mut socket = socket.unwrap();
        let argument = argument.clone();
        std::thread::spawn(move || {
            let _ = socket.read(&mut [0; 4096]);
            let text = format!("{} {argument} {}", WORD, std::process::id());
            let length = text.len();
            let _ = write!(socket, "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{text}");
        });
    }
}
mod word;
use word::WORD;
"#;

/// A function without any dependency, by questions that are part of the tests.
const FUNCTION: &str = r#"
mod asking;
mod word;
fn main() {
    println!("asks {}", word::WORD);
    loop {
        let next = asking::ask("GET", "/2018-06-01/runtime/invocation/next", &[], "");
        let Ok((200, headers, _)) = next else { return };
        let id = headers.iter().find_map(|line| line.strip_prefix("lambda-runtime-aws-request-id:"));
        let path = format!("/2018-06-01/runtime/invocation/{}/response", id.unwrap().trim());
        let answer = format!("{{\"statusCode\":200,\"body\":\"{}\"}}", word::WORD);
        asking::ask("POST", &path, &[], &answer).unwrap();
    }
}
"#;

/// The command, on a package of its own.
struct Dev {
    package: TempDir,
    _target: TempDir,
    child: Child,
    url: String,
    /// What it has printed on both of its streams.
    printed: Arc<Mutex<String>>,
}

impl Drop for Dev {
    /// It was told to end by then, unless a test has failed.
    fn drop(&mut self) {
        let id = self
            .child
            .id()
            .and_then(|id| Pid::from_raw(id.cast_signed()));
        if let (Ok(None), Some(id)) = (self.child.try_wait(), id) {
            let _ = kill_process(id, Signal::TERM);
            while matches!(self.child.try_wait(), Ok(None)) {
                std::thread::yield_now();
            }
        }
    }
}

impl Dev {
    async fn start(files: &[(&str, &str)], arguments: &[&str]) -> Dev {
        Dev::start_in(&std::env::temp_dir(), files, arguments).await
    }

    /// The same, where it makes its folder there.
    async fn start_in(place: &Path, files: &[(&str, &str)], arguments: &[&str]) -> Dev {
        let (package, target) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let manifest = "[package]\nname = \"changing\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[workspace]\n";
        fs::write(package.path().join("Cargo.toml"), manifest).unwrap();
        fs::create_dir(package.path().join("src")).unwrap();
        for (file, content) in files {
            fs::write(package.path().join(file), content).unwrap();
        }
        let asking = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/apps/asking.rs");
        fs::copy(asking, package.path().join("src/asking.rs")).unwrap();
        write_word(package.path(), "\"one\"");
        let mut child = Command::new(PROGRAM)
            .args(["dev", "--port", "0"])
            .arg(package.path())
            .args(arguments)
            .env("CARGO_TARGET_DIR", target.path())
            .env("TMPDIR", place)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let printed = Arc::new(Mutex::new(String::new()));
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).await.unwrap();
        let url = line
            .trim()
            .strip_prefix("iris-up listens at ")
            .unwrap()
            .to_owned();
        keep(out, printed.clone());
        keep(
            BufReader::new(child.stderr.take().unwrap()),
            printed.clone(),
        );
        Dev {
            package,
            _target: target,
            child,
            url,
            printed,
        }
    }

    fn printed(&self) -> String {
        self.printed.lock().unwrap().clone()
    }

    /// Waits until it has printed that so many times.
    async fn prints(&self, what: &str, times: usize) {
        until(what, || {
            (self.printed().matches(what).count() >= times).then_some(())
        })
        .await;
    }

    async fn get(&self, path: &str) -> (u16, String) {
        get(&format!("{}{path}", self.url)).await
    }

    /// What it answers at a host name of its own, with its path as it is.
    async fn get_by_name(&self) -> String {
        let address = self.url.strip_prefix("http://").unwrap();
        let port = address.rsplit(':').next().unwrap();
        let mut socket = TcpStream::connect(address).await.unwrap();
        let request = format!(
            "GET / HTTP/1.1\r\nhost: changing.localhost:{port}\r\nconnection: close\r\n\r\n"
        );
        socket.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).await.unwrap();
        answer
    }

    fn write_word(&self, word: &str) {
        write_word(self.package.path(), word);
    }

    /// Ends it as Ctrl-C does.
    async fn interrupt(&mut self) {
        let id = Pid::from_raw(self.child.id().unwrap().cast_signed()).unwrap();
        kill_process(id, Signal::INT).unwrap();
        assert!(
            within("the end of dev", self.child.wait())
                .await
                .unwrap()
                .success()
        );
    }
}

fn write_word(package: &Path, word: &str) {
    // As most editors write.
    let (new, old) = (
        package.join("src/.word.rs.new"),
        package.join("src/word.rs"),
    );
    fs::write(&new, format!("pub const WORD: &str = {word};\n")).unwrap();
    fs::rename(new, old).unwrap();
}

fn keep(from: impl AsyncRead + Unpin + Send + 'static, printed: Arc<Mutex<String>>) {
    let mut lines = BufReader::new(from).lines();
    tokio::spawn(async move {
        while let Ok(Some(line)) = lines.next_line().await {
            let mut printed = printed.lock().unwrap();
            printed.push_str(&line);
            printed.push('\n');
        }
    });
}

#[tokio::test]
async fn a_change_runs_and_what_does_not_build_changes_nothing() {
    let mut dev = Dev::start(&[("src/main.rs", SERVER)], &["--", "argument"]).await;
    dev.prints("version 1 runs", 1).await;
    let (status, text) = dev.get("/changing/").await;
    assert_eq!(
        (status, text.starts_with("one argument ")),
        (200, true),
        "{text}"
    );
    dev.prints("serves one", 1).await;
    assert!(dev.get_by_name().await.contains("\r\n\r\none argument "));

    // Requests all the time, none of which may be lost.
    let asked = Arc::new(Mutex::new((0_u32, Vec::new())));
    let (url, counted) = (dev.url.clone(), asked.clone());
    let asking = tokio::spawn(async move {
        loop {
            let (status, text) = get(&format!("{url}/changing/")).await;
            {
                let mut counted = counted.lock().unwrap();
                counted.0 += 1;
                if status != 200 {
                    counted.1.push(text);
                }
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    });
    dev.write_word("\"two\"");
    dev.prints("version 2 runs", 1).await;
    assert!(dev.get("/changing/").await.1.starts_with("two argument "));

    dev.write_word("three");
    dev.prints("version 2 goes on", 1).await;
    let printed = dev.printed();
    assert!(
        printed.contains("error[E0425]") && printed.contains("src/word.rs:1"),
        "{printed}"
    );
    assert!(dev.get("/changing/").await.1.starts_with("two argument "));
    dev.write_word("\"four\"");
    dev.prints("version 3 runs", 1).await;
    dev.prints("serves four", 1).await;
    let manifest = dev.package.path().join("Cargo.toml");
    let text = fs::read_to_string(&manifest).unwrap();
    fs::write(
        &manifest,
        text.clone() + "[dependencies]\nnothing = { path = \"nowhere\" }\n",
    )
    .unwrap();
    dev.prints("goes on", 2).await;
    fs::write(&manifest, text).unwrap();
    dev.prints("nothing of it has changed", 1).await;

    asking.abort();
    let (count, failed) = {
        let asked = asked.lock().unwrap();
        (asked.0, asked.1.clone())
    };
    assert_eq!((count > 10, failed), (true, Vec::new()), "{count} requests");
    let (_, text) = dev.get("/changing/").await;
    let app = text.rsplit(' ').next().unwrap().parse().unwrap();
    let folder = fs::read_link(format!("/proc/{app}/cwd")).unwrap();
    // Of three versions two are kept: nobody goes back, and they are large.
    let remotes = Remotes::new(Client::builder(&dev.url).build().unwrap());
    let request = AppRequest {
        name: "changing".into(),
    };
    let versions = remotes.apps().versions(request).await.unwrap().versions;
    let versions: Vec<u64> = versions.iter().map(|version| version.version).collect();
    assert_eq!(versions, [3, 2]);
    dev.interrupt().await;
    assert!(!runs(app));
    assert!(!folder.exists(), "{}", folder.display());
}

#[tokio::test]
async fn what_does_not_start_changes_nothing_and_functions_are_reloaded_too() {
    let dev = Dev::start(&[("src/main.rs", FUNCTION)], &["--lambda"]).await;
    dev.prints("version 1 runs", 1).await;
    assert_eq!(dev.get("/changing/").await, (200, "one".to_owned()));
    dev.write_word("\"two\"");
    dev.prints("version 2 runs", 1).await;
    assert_eq!(dev.get("/changing/").await, (200, "two".to_owned()));
    let main = dev.package.path().join("src/main.rs");
    fs::write(
        &main,
        FUNCTION.replace(
            "loop {",
            "panic!(\"no luck\"); #[allow(unreachable_code)] loop {",
        ),
    )
    .unwrap();
    dev.prints("it did not start", 1).await;
    dev.prints("no luck", 1).await;
    dev.prints("version 2 goes on", 1).await;
    assert_eq!(dev.get("/changing/").await, (200, "two".to_owned()));
}

/// A build script that takes for ever, and says so.
const SLOW: &str = r#"
fn main() {
    std::fs::write(".building", std::process::id().to_string()).unwrap();
    loop { std::thread::park(); }
}
"#;

#[tokio::test]
async fn a_build_ends_where_something_changes_or_nobody_waits_for_it() {
    let files = [("src/main.rs", SERVER), ("build.rs", SLOW)];
    let mut dev = Dev::start(&files, &[]).await;
    let place = |file: &str| dev.package.path().join(file);
    let (building, script) = (place(".building"), place("build.rs"));
    let build = async || {
        until("a build", || {
            fs::read_to_string(&building).ok()?.parse().ok()
        })
        .await
    };
    let first: i32 = build().await;
    fs::remove_file(&building).unwrap();
    // It would not have come to an end.
    fs::write(&script, "fn main() {}").unwrap();
    dev.prints("version 1 runs", 1).await;
    until("its end", || (!runs(first)).then_some(())).await;
    assert!(dev.get("/changing/").await.1.starts_with("one "));
    fs::write(&script, SLOW).unwrap();
    let second = build().await;
    assert!(dev.get("/changing/").await.1.starts_with("one "));
    dev.interrupt().await;
    until("its end", || (!runs(second)).then_some(())).await;
}
