//! What a terminal shows, and what is written where there is none.

use crate::support::{Daemon, Printed, path};
use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};
use std::fs::File;
use std::io::Read;
use std::process::Stdio;
use std::thread;

/// Runs the command line at a terminal, and gives all that it has shown.
async fn at_a_terminal(daemon: &Daemon, arguments: &[&str], variables: &[(&str, &str)]) -> String {
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
        .stderr(theirs);
    // It reads what is shown as that comes: a terminal holds little.
    let reading = thread::spawn(move || {
        let mut shown = Vec::new();
        // It ends by an error, once nobody has the other end any more.
        let _ = File::from(ours).read_to_end(&mut shown);
        String::from_utf8_lossy(&shown).into_owned()
    });
    let mut child = command.spawn().unwrap();
    // It has the other end, too.
    drop(command);
    let status = child.wait().await.unwrap();
    let shown = reading.join().unwrap();
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
