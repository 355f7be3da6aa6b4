//! The curl lines of README.md, as a reader would paste them, and the answers shown below them.

use super::checks::Checks;
use super::outcome::Answer;
use super::server::Server;
use crate::failure::{Failure, Outcome};
use crate::program::Program;
use crate::workspace::Workspace;
use serde_json::Value;
use std::fs;

/// Where the README has its reader start the server.
const ADDRESS: &str = "127.0.0.1:8088";

/// A command, and the line that the README shows below it.
#[derive(Debug, PartialEq)]
struct Shown {
    command: String,
    answer: String,
}

/// Runs each line, one after the other, in one folder, and compares what it prints.
pub(crate) fn check(workspace: &Workspace, server: &Server, checks: &mut Checks) -> Outcome {
    let path = workspace.path("README.md");
    let text = fs::read_to_string(&path).map_err(|error| Failure::during(path.display(), error))?;
    let shown = shown(&text);
    if shown.is_empty() {
        let why = "has no code block with a line that starts with `curl`";
        return Err(Failure::during(path.display(), why));
    }
    let folder = workspace.target("interop");
    for Shown { command, answer } in shown {
        let bounded = command.replacen("curl ", "curl --silent --show-error --max-time 30 ", 1);
        let pasted = bounded.replace(ADDRESS, server.address());
        let shell = Program::new("sh").args(["-c", &pasted]).folder(&folder);
        checks.equal(&command, &json(&answer), &json(&shell.stdout()?));
    }
    Ok(())
}

/// What was printed: JSON where it is, so that spaces and the order of fields do not count.
fn json(printed: &str) -> Answer {
    let value = serde_json::from_str(printed);
    Answer::Message(value.unwrap_or_else(|_| Value::from(printed.trim())))
}

/// The commands in code blocks that start with `curl`; a backslash at its end continues a line.
fn shown(text: &str) -> Vec<Shown> {
    let mut found = Vec::new();
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
            command = format!("{begun}{}", lines.next().unwrap_or_default());
        }
        let answer = lines.next().unwrap_or_default().to_owned();
        in_block = !answer.starts_with("```");
        found.push(Shown { command, answer });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(command: &str, answer: &str) -> Shown {
        Shown {
            command: command.to_owned(),
            answer: answer.to_owned(),
        }
    }

    #[test]
    fn commands_are_found_in_code_blocks_with_their_answers() {
        let text = "curl is a program\n\n```console\n$ curl -d '{}' \\\n    http://a/b\n{\"c\": 1}\n$ echo\n```\n\
            curl too\n\n```\ncurl http://d\n```\n\ncurl again\n";
        let expected = [
            of("curl -d '{}' http://a/b", "{\"c\": 1}"),
            of("curl http://d", "```"),
        ];
        assert_eq!(shown(text), expected);
    }

    #[test]
    fn answers_are_compared_as_json() {
        assert_eq!(json(r#"{"a":1,"b":2}"#), json("{ \"b\": 2, \"a\": 1 }\n"));
        assert_ne!(json(r#"{"a":1}"#), json(r#"{"a":2}"#));
        assert_ne!(json("```"), json("{}"));
    }
}
