//! The most that one connection takes while it is refused.

use crate::MEMORY;
use crate::attacks::{self, Attack};
use crate::measured::{Measured, row};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Names the file that has what is to be said.
const SAID: &str = "IRIS_MEMORY_SAID";

/// What a row begins with, in the output of a process that measures it.
const PEAK: &str = "peak: ";

/// Each in a process of its own: the most that was ever held cannot be told once there was more, and what makes an
/// attack may take more than what is attacked.
pub(crate) fn measure_each() {
    println!("| one connection | at most | bound |\n|---|---|---|");
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("said-{}", std::process::id()));
    for Attack {
        what,
        said,
        bound,
        answered,
    } in attacks::all()
    {
        fs::write(&path, &said).unwrap();
        let mut alone = alone();
        let text = printed(&what, alone.env(SAID, &path));
        let heard = fs::read(&path).unwrap();
        let shown = || {
            let frames = attacks::each_frame(&heard);
            let frames: Vec<_> = frames.map(|(head, payload)| (head[3], payload)).collect();
            format!("{} or {frames:?}", String::from_utf8_lossy(&heard))
        };
        assert!(answered.is_in(&heard), "{what}: {}", shown());
        rows(&what, &text, bound);
    }
    fs::remove_file(path).unwrap();
}

/// This program once more, which measures what its environment says.
pub(crate) fn alone() -> Command {
    let mut alone = Command::new(env::current_exe().unwrap());
    alone.args([
        "--exact",
        "--nocapture",
        "what_hostile_callers_cost_is_bounded",
    ]);
    alone
}

/// What it prints, once it has measured that.
pub(crate) fn printed(what: &str, alone: &mut Command) -> String {
    let output = alone.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{what}: {text}{errors}");
    text
}

/// The rows of what a process measured, which has printed this.
pub(crate) fn rows(what: &str, printed: &str, bound: usize) {
    let figures = printed.split(PEAK).nth(1);
    let figures = figures.and_then(|rest| rest.lines().next());
    let (bytes, resident) = figures.unwrap().split_once(' ').unwrap();
    row(what, bytes.parse().unwrap(), bound);
    // Without the kernel's figure nobody would see what zstd takes, whose library is in C.
    let resident = resident.parse().unwrap_or_else(|_| {
        panic!("the kernel does not tell the most: /proc/self/clear_refs cannot be written")
    });
    // Twice, since pages that were given back stay resident; and zstd's own, a window of 8 MiB at most.
    let most = 2 * bound + (8 << 20);
    row(&format!("{what}, by the kernel"), resident, most);
}

/// What this process is to measure, if it was started for that.
pub(crate) fn to_be_measured() -> Option<PathBuf> {
    env::var_os(SAID).map(PathBuf::from)
}

/// Says what is in the file to a server, and prints what that cost; leaves in the file what was answered.
pub(crate) async fn measure(path: &Path) {
    let said = fs::read(path).unwrap();
    let server = Measured::start().await;
    let peak = Peak::begin(&server).await;
    let (mut read, mut write) = TcpStream::connect(server.address())
        .await
        .unwrap()
        .into_split();
    let saying = async {
        // It may be refused before its end.
        let _ = write.write_all(&said).await;
        let by_http2 = said.starts_with(b"PRI");
        if said.starts_with(b"GET") || by_http2 && said.len() > 128 * 1024 {
            let _ = write.shutdown().await;
        }
    };
    let mut heard = Vec::with_capacity(64 * 1024);
    let hearing = async {
        let mut buffer = [0; 16 * 1024];
        while let Ok(length @ 1..) = read.read(&mut buffer).await {
            let room = heard.capacity() - heard.len();
            heard.extend_from_slice(&buffer[..length.min(room)]);
            if said.starts_with(b"PRI") && is_over(&heard) {
                return;
            }
        }
    };
    tokio::join!(saying, hearing);
    peak.print();
    fs::write(path, heard).unwrap();
}

/// What a process held before it is attacked.
pub(crate) struct Peak {
    before: usize,
    resident: Option<usize>,
    /// Whether the kernel notes the most anew.
    renewed: bool,
}

impl Peak {
    pub(crate) async fn begin(server: &Measured) -> Self {
        let before = server.held().await;
        let resident = resident("VmRSS");
        // From here on the kernel notes the most anew, where it lets a process ask for that.
        let renewed = fs::write("/proc/self/clear_refs", "5").is_ok();
        Peak {
            before,
            resident,
            renewed,
        }
    }

    /// Tells the process that started this one what the most was.
    pub(crate) fn print(self) {
        let bytes = MEMORY.max_allocated().saturating_sub(self.before);
        let most = self.renewed.then(|| resident("VmHWM")).flatten();
        let most = most
            .zip(self.resident)
            .map(|(most, before)| most.saturating_sub(before).to_string());
        println!("\n{PEAK}{bytes} {}", most.unwrap_or_default());
    }
}

/// Whether a stream of HTTP/2 was answered to its end, or all of them were given up.
fn is_over(heard: &[u8]) -> bool {
    attacks::each_frame(heard).any(|(head, _)| match head[3] {
        attacks::GOAWAY => true,
        attacks::HEADERS => head[4] & 1 != 0,
        _ => false,
    })
}

/// What the kernel counts of this process, in bytes: with pages that are not in use, and what is in C.
fn resident(which: &str) -> Option<usize> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with(which))?;
    let kib: usize = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib * 1024)
}
