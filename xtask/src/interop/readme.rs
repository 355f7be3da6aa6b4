//! The curl lines of README.md, as a reader would paste them.

use super::checks::Checks;
use super::outcome::Answer;
use super::server::Server;
use crate::failure::{Failure, Outcome};
use crate::program::Program;
use crate::workspace::Workspace;
use serde_json::{Value, json};
use std::fs;

/// Where the README has its reader start the server.
const ADDRESS: &str = "127.0.0.1:8088";

/// Codes of Iris that no line of a README should get: nothing there, broken, or no message.
const MISTAKES: [i64; 4] = [901, 902, 910, 912];

/// Runs each line, one after the other, in one folder.
pub(crate) fn check(workspace: &Workspace, server: &Server, checks: &mut Checks) -> Outcome {
    let path = workspace.path("README.md");
    let text = fs::read_to_string(&path).map_err(|error| Failure::during(path.display(), error))?;
    let commands = commands(&text);
    if commands.is_empty() {
        let why = "has no code block with a line that starts with `curl`";
        return Err(Failure::during(path.display(), why));
    }
    let folder = workspace.target("interop");
    for command in commands {
        let silent = command.replacen("curl ", "curl --silent --show-error --max-time 30 ", 1);
        let pasted = silent.replace(ADDRESS, server.address());
        let shell = Program::new("sh").args(["-c", &pasted]).folder(&folder);
        let printed = shell.stdout()?;
        let expected = Answer::Message(json!({ "answered": true }));
        let got = match is_answer(&printed) {
            true => json!({ "answered": true }),
            false => json!({ "printed": printed }),
        };
        checks.equal(&command, &expected, &Answer::Message(got));
    }
    Ok(())
}

/// Whether a procedure answered. Headers may come before the body.
fn is_answer(printed: &str) -> bool {
    let body = printed.trim().lines().last().unwrap_or_default();
    serde_json::from_str::<Value>(body).is_ok_and(|body| {
        let code = body["details"][0]["debug"]["code"].as_i64();
        body.is_object() && !code.is_some_and(|code| MISTAKES.contains(&code))
    })
}

/// The commands in code blocks that start with `curl`; a backslash at its end continues a line.
fn commands(text: &str) -> Vec<String> {
    let mut commands = Vec::new();
    let mut in_block = false;
    let mut lines = text.lines().map(str::trim);
    while let Some(line) = lines.next() {
        if line.starts_with("```") {
            in_block = !in_block;
        }
        let line = line.strip_prefix("$ ").unwrap_or(line);
        if !in_block || !line.starts_with("curl ") {
            continue;
        }
        let mut command = line.to_owned();
        while let Some(begun) = command.strip_suffix('\\') {
            command = format!("{}{}", begun, lines.next().unwrap_or_default());
        }
        commands.push(command);
    }
    commands
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_found_in_code_blocks_and_joined() {
        let text = "curl is a program\n```sh\n$ curl -d '{}' \\\n    http://a/b\necho\n```\ncurl too\n```\ncurl http://c\n```";
        assert_eq!(commands(text), ["curl -d '{}' http://a/b", "curl http://c"]);
    }

    #[test]
    fn an_application_error_is_an_answer_and_a_wrong_path_is_not() {
        let error =
            |code| json!({ "code": "x", "details": [{ "debug": { "code": code } }] }).to_string();
        assert!(is_answer("{}\n"));
        assert!(is_answer("HTTP/1.1 200 OK\r\n\r\n{\"user\":{}}"));
        assert!(is_answer(&error(0)));
        assert!(!is_answer(&error(901)));
        assert!(!is_answer("<html>"));
        assert!(!is_answer(""));
    }
}
