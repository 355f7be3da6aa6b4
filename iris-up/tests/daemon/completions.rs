//! What shells complete commands by. Shells that are not on the machine are passed over, but for bash.

use crate::support::PROGRAM;
use std::io::ErrorKind;
use std::process::{Command, Output, Stdio};
use tempfile::NamedTempFile;

const SHELLS: [&str; 5] = ["bash", "elvish", "fish", "powershell", "zsh"];

/// What is written to a file for a shell.
fn script(shell: &str) -> NamedTempFile {
    let file = NamedTempFile::new().unwrap();
    let printed = Command::new(PROGRAM)
        .args(["completions", shell])
        .stdout(file.reopen().unwrap())
        .output()
        .unwrap();
    assert!(printed.status.success(), "{shell}: {printed:?}");
    file
}

/// What a shell prints; `None` where there is none of the name.
fn run(shell: &str, arguments: &[&str]) -> Option<String> {
    let ran = Command::new(shell)
        .args(arguments)
        .stdin(Stdio::null())
        .output();
    let Output {
        status,
        stdout,
        stderr,
    } = match ran {
        Err(error) if error.kind() == ErrorKind::NotFound && shell != "bash" => return None,
        ran => ran.unwrap(),
    };
    let said = String::from_utf8_lossy(&stderr).into_owned();
    assert!(status.success() && said.is_empty(), "{shell}: {said}");
    Some(String::from_utf8(stdout).unwrap())
}

#[test]
fn there_is_a_script_for_each_shell_with_all_commands_in_it() {
    for shell in SHELLS {
        let text = std::fs::read_to_string(script(shell).path()).unwrap();
        for word in [
            "rollback",
            "events",
            "replay",
            "traffic",
            "socket-activation",
        ] {
            assert!(text.contains(word), "{shell}: {word}");
        }
    }
    let unknown = Command::new(PROGRAM).args(["completions", "cmd"]).output();
    assert_eq!(unknown.unwrap().status.code(), Some(2));
}

#[test]
fn shells_take_their_scripts() {
    for (shell, check) in [("bash", "-n"), ("fish", "--no-execute"), ("zsh", "-n")] {
        let file = script(shell);
        let took = run(shell, &[check, file.path().to_str().unwrap()]);
        assert!(took.is_none_or(|said| said.is_empty()), "{shell}");
    }
}

/// Asks bash what comes next, as it asks itself where somebody presses the tab key.
const ASKED_OF_BASH: &str = r#"
source "$1"; shift
[[ $(complete -p iris-up) =~ -F\ ([^ ]+) ]] || exit 1
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
"${BASH_REMATCH[1]}" "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
printf '%s\n' "${COMPREPLY[@]}"
"#;

/// What words there are for a beginning.
const WORDS: [(&[&str], &str); 3] = [
    (&["iris-up", "roll"], "rollback"),
    (&["iris-up", "events", "dis"], "discard"),
    (&["iris-up", "push", "--socket-a"], "--socket-activation"),
];

#[test]
fn bash_offers_what_there_is() {
    let file = script("bash");
    let file = file.path().to_str().unwrap();
    // Of what a command takes it knows the values, too.
    let values: (&[&str], &str) = (&["iris-up", "completions", "fi"], "fish");
    for (words, offered) in WORDS.into_iter().chain([values]) {
        let arguments = [&["--norc", "-c", ASKED_OF_BASH, "bash", file], words].concat();
        let said = run("bash", &arguments).unwrap();
        assert_eq!(said.lines().collect::<Vec<_>>(), [offered], "{words:?}");
    }
}

#[test]
fn fish_offers_what_there_is() {
    let file = script("fish");
    let source = format!("source {}", file.path().display());
    for (words, offered) in WORDS {
        let asked = format!("{source}; complete -C '{}'", words.join(" "));
        let Some(said) = run("fish", &["--no-config", "-c", &asked]) else {
            return;
        };
        // With what it is for.
        let words: Vec<&str> = said
            .lines()
            .filter_map(|line| line.split('\t').next())
            .collect();
        assert_eq!(words, [offered], "{asked}");
    }
}

#[test]
fn zsh_knows_what_the_script_is_for() {
    let file = script("zsh");
    let asked = r#"compdef() { print -r -- "$2: $(whence -w "$1")" }; source "$0""#;
    let said = run("zsh", &["-f", "-c", asked, file.path().to_str().unwrap()]);
    assert!(
        said.is_none_or(|said| said == "iris-up: _iris-up: function\n"),
        "it is for another command"
    );
}
