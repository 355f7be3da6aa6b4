//! What a terminal shows, and what is written where there is none.

use crate::support::{Daemon, Printed, path, until, within};
use rustix::fs::{Mode, OFlags};
use rustix::process::{Pid, Signal, kill_process};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};
use std::fs::File;
use std::io::Read;
use std::os::unix::process::ExitStatusExt;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use tokio::process::Child;

/// The command line at a terminal.
struct Shown {
    child: Child,
    /// All that it has shown.
    text: Arc<Mutex<String>>,
    reading: thread::JoinHandle<()>,
}

impl Shown {
    fn begin(daemon: &Daemon, arguments: &[&str], variables: &[(&str, &str)]) -> Shown {
        let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&ours).unwrap();
        unlockpt(&ours).unwrap();
        let name = ptsname(&ours, Vec::new()).unwrap();
        let flags = OFlags::RDWR | OFlags::NOCTTY;
        let theirs = rustix::fs::open(name, flags, Mode::empty()).unwrap();
        let size = Winsize {
            ws_row: 24,
            ws_col: 100,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        tcsetwinsize(&theirs, size).unwrap();
        let mut command = daemon.command(arguments);
        command
            .env("TERM", "xterm")
            .env_remove("NO_COLOR")
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .stdout(theirs.try_clone().unwrap())
            .stderr(theirs)
            .kill_on_drop(true);
        // It reads what is shown as that comes: a terminal holds little.
        let text = Arc::new(Mutex::new(String::new()));
        let shown = text.clone();
        let reading = thread::spawn(move || {
            let mut ours = File::from(ours);
            let mut piece = [0; 4096];
            // It ends by an error, once nobody has the other end any more.
            while let Ok(read @ 1..) = ours.read(&mut piece) {
                let piece = String::from_utf8_lossy(&piece[..read]);
                shown.lock().unwrap().push_str(&piece);
            }
        });
        let child = command.spawn().unwrap();
        // What is dropped here has the other end, too.
        Shown {
            child,
            text,
            reading,
        }
    }

    fn text(&self) -> String {
        self.text.lock().unwrap().clone()
    }

    /// How it ended, and all that it has shown.
    async fn end(mut self) -> (ExitStatus, String) {
        let status = within("the end of a command", self.child.wait())
            .await
            .unwrap();
        self.reading.join().unwrap();
        (status, self.text.lock().unwrap().clone())
    }
}

/// Runs the command line at a terminal, and gives all that it has shown.
async fn at_a_terminal(daemon: &Daemon, arguments: &[&str], variables: &[(&str, &str)]) -> String {
    let (status, shown) = Shown::begin(daemon, arguments, variables).end().await;
    assert!(status.success(), "{shown}");
    shown
}

#[tokio::test]
async fn an_upload_is_seen_at_a_terminal_and_nowhere_else() {
    let daemon = Daemon::start().await;
    let resident = path("resident");
    let shown = at_a_terminal(&daemon, &["push", &resident], &[]).await;
    assert!(shown.contains("uploading ["), "{shown}");
    assert!(
        shown.contains(" MiB, ") && shown.contains(" %, "),
        "{shown}"
    );
    // In the end the line is empty again, and the app stands on one of its own, in colour.
    assert!(shown.contains("\r\x1b[Kkept.. "), "{shown:?}");
    assert!(
        shown.contains(" • resident - \x1b[32malive\x1b[0m"),
        "{shown:?}"
    );

    // Other artifacts, so that there is something to upload.
    let function = path("function");
    let json = at_a_terminal(&daemon, &["push", &function, "-L", "--json"], &[]).await;
    assert!(json.starts_with('{') && !json.contains('\x1b'), "{json:?}");
    let typed = path("typed");
    let plain = at_a_terminal(
        &daemon,
        &["push", &typed],
        &[("NO_COLOR", "1"), ("TERM", "dumb")],
    )
    .await;
    assert!(
        !plain.contains('\x1b') && !plain.contains("uploading"),
        "{plain:?}"
    );

    let Printed { out, err, code } = daemon.run(&["push", &path("calls")]).await;
    assert_eq!(code, 0);
    assert!(
        !format!("{out}{err}").contains(['\x1b', '\r']),
        "{out:?} {err:?}"
    );
    assert!(err.starts_with("kept.. "), "{err:?}");
    // A terminal is no promise of colours that somebody does not want.
    let listed = at_a_terminal(&daemon, &["list"], &[("NO_COLOR", "1")]).await;
    assert!(listed.contains(" • resident - alive"), "{listed:?}");
    let listed = at_a_terminal(&daemon, &["list"], &[("NO_COLOR", "")]).await;
    assert!(listed.contains("\x1b[32malive"), "{listed:?}");
}

/// What begins a screen anew (ECMA-48: ED, CUP).
const ANEW: &str = "\x1b[2J\x1b[H";

#[tokio::test]
async fn a_table_of_what_apps_use_goes_on_at_a_terminal_until_it_is_interrupted() {
    let daemon = Daemon::start().await;
    daemon.runs(["push", &path("resident")]).await;
    let top = Shown::begin(&daemon, &["top"], &[]);
    let tables = || top.text().matches(ANEW).count();
    until("a table, and another", || (tables() >= 2).then_some(())).await;
    // What has come meanwhile is in the next.
    daemon.runs(["kill", "resident"]).await;
    until("the app's end", || {
        let shown = top.text();
        let last = shown.rsplit(ANEW).next()?;
        let words: Vec<&str> = last.lines().nth(1)?.split_whitespace().collect();
        (words[..3] == ["resident", "dead", "0"]).then_some(())
    })
    .await;
    let id = Pid::from_raw(top.child.id().unwrap().cast_signed()).unwrap();
    kill_process(id, Signal::INT).unwrap();
    let (status, shown) = top.end().await;
    assert_eq!(status.signal(), Some(Signal::INT.as_raw()));
    let first = shown.split(ANEW).nth(1).unwrap();
    let words: Vec<&str> = first.split_whitespace().collect();
    assert!(words.starts_with(&["NAME", "STATE", "PROCS"]), "{first}");

    let once = at_a_terminal(&daemon, &["top", "--once"], &[]).await;
    assert!(
        once.starts_with("NAME") && !once.contains('\x1b'),
        "{once:?}"
    );
    assert_eq!(once.lines().count(), 2, "{once}");
}
