//! `iris-up demo`, as a newcomer runs it.

use crate::support::{PROGRAM, get, runs, within};
use rustix::process::{Pid, Signal, kill_process};
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::process::Command;

#[tokio::test]
async fn each_line_that_it_says_to_try_works_and_nothing_is_left_behind() {
    let mut demo = Command::new(PROGRAM)
        .args(["demo", "--port", "0"])
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(demo.stdout.take().unwrap()).lines();
    let mut commands = Vec::new();
    while let Some(line) = lines.next_line().await.unwrap() {
        if line.starts_with("Ctrl-C") {
            break;
        }
        commands.extend(line.strip_prefix("  ").map(str::to_owned));
    }
    let [hello, greet, list, logs] = &commands[..] else {
        panic!("{commands:?}")
    };
    let url = |curl: &str| {
        curl.strip_prefix("curl ")
            .unwrap()
            .trim_matches('\'')
            .to_owned()
    };
    let (status, text) = get(&url(hello)).await;
    assert_eq!(status, 200);
    let own = text
        .trim_end()
        .trim_end_matches('!')
        .rsplit_once(' ')
        .unwrap()
        .1;
    let own: i32 = own.parse().unwrap();
    assert_eq!(get(&url(greet)).await, (200, "Good day, Ada!\n".to_owned()));
    for (command, expected) in [
        (list, " • greet - alive\n • hello - alive\n"),
        (logs, "hello listens"),
    ] {
        let arguments = command.split(' ').skip(1);
        let output = Command::new(PROGRAM)
            .args(arguments)
            .output()
            .await
            .unwrap();
        let printed = String::from_utf8(output.stdout).unwrap();
        assert!(printed.contains(expected), "{command}: {printed}");
    }

    let id = demo.id().unwrap().cast_signed();
    kill_process(Pid::from_raw(id).unwrap(), Signal::INT).unwrap();
    assert!(
        within("the end of the demo", demo.wait())
            .await
            .unwrap()
            .success()
    );
    assert!(!runs(own));
    let mut rest = String::new();
    lines.into_inner().read_to_string(&mut rest).await.unwrap();
    assert_eq!(rest, "");
    let folder = std::env::temp_dir().join(format!("iris-up-demo-{id}"));
    assert!(!folder.exists());
}
