//! `buf curl`: connect-go, and grpc-go's protocol by connect-go, with messages built from a schema.

use super::EMITTED;
use super::checks::Checks;
use super::outcome::Answer;
use crate::failure::{Failure, Outcome};
use crate::program::Program;
use crate::workspace::Workspace;
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde_json::{Deserializer, Value, json};
use std::fmt;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;

/// What the messages are built from.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Schema {
    /// A file or folder among what was emitted.
    Emitted(&'static str),
    /// What the server tells by this version of the reflection service, in buf's words.
    Reflected(&'static str),
}

/// How to call the server.
#[derive(Debug)]
pub(crate) struct Client<'a> {
    buf: &'a Path,
    schema: Schema,
    emitted: PathBuf,
    /// What error details are decoded with.
    descriptors: PathBuf,
    protocol: &'a str,
    url: &'a str,
    scratch: PathBuf,
}

impl fmt::Display for Schema {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Schema::Emitted(path) => write!(formatter, "the emitted {path}"),
            Schema::Reflected(version) => write!(formatter, "reflection by {version}"),
        }
    }
}

impl<'a> Client<'a> {
    pub(crate) fn new(
        workspace: &Workspace,
        buf: &'a Path,
        schema: Schema,
        protocol: &'a str,
        url: &'a str,
    ) -> Self {
        let emitted = workspace.path(EMITTED);
        Client {
            buf,
            schema,
            descriptors: emitted.join("descriptors.binpb"),
            emitted,
            protocol,
            url,
            scratch: workspace.target("interop/detail.bin"),
        }
    }

    /// A call of a procedure, to be run.
    fn curl(&self, procedure: &str, request: &str, cookie: &str) -> Program {
        let call = self.begun().args(["--verbose", "--data", request]);
        let call = call.args(["--header", &format!("cookie: {cookie}")]);
        call.arg(format!("{}/users.v1.{procedure}", self.url))
    }

    /// A call up to what is called.
    fn begun(&self) -> Program {
        let call = Program::new(self.buf).args(["curl", "--protocol", self.protocol]);
        match self.schema {
            Schema::Emitted(path) => call.arg("--schema").arg(self.emitted.join(path)),
            // Reflection is a bidirectional call.
            Schema::Reflected(version) => {
                call.args(["--http2-prior-knowledge", "--reflect-protocol", version])
            }
        }
    }

    /// The services that the server has, as buf lists them.
    pub(crate) fn services(&self) -> Outcome<Vec<String>> {
        let list = self.begun().arg("--list-services").arg(self.url);
        Ok(list.stdout()?.lines().map(str::to_owned).collect())
    }

    /// What comes of a procedure of any service, called with an empty message.
    pub(crate) fn answer(&self, procedure: &str) -> Outcome<Answer> {
        let call = self.begun().arg(format!("{}/{procedure}", self.url));
        Ok(Answer::Message(parse(&call.stdout()?)?))
    }

    /// Calls a procedure; gives back what came of it, and the cookie that was set.
    fn call(&self, procedure: &str, request: &str, cookie: &str) -> Outcome<(Answer, String)> {
        let output = self.curl(procedure, request, cookie).output()?;
        let log = String::from_utf8_lossy(&output.stderr);
        let answer = match output.status.success() {
            true => Answer::Message(parse(&String::from_utf8_lossy(&output.stdout))?),
            false => self.failure(&log)?,
        };
        let set = log.lines().find_map(|line| line.split_once("Set-Cookie: "));
        let cookie = set.and_then(|(_, cookie)| cookie.split(';').next());
        Ok((answer, cookie.unwrap_or_default().to_owned()))
    }

    /// The error that ends the log, its detail decoded.
    fn failure(&self, log: &str) -> Outcome<Answer> {
        let error = log.lines().skip_while(|line| !line.starts_with('{'));
        let error = error.collect::<Vec<_>>().join("\n");
        if error.is_empty() {
            return Err(Failure::new(format!(
                "buf curl failed without an answer:\n{log}"
            )));
        }
        // What follows it is reflection's own end.
        let mut values = Deserializer::from_str(&error).into_iter::<Value>();
        let error = values.next().and_then(Result::ok).unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let detail = match error["details"].as_array().map(Vec::as_slice) {
            Some([detail]) => self.detail(detail)?,
            _ => error["details"].clone(),
        };
        Ok(Answer::Failed {
            status: text(&error["code"]),
            message: text(&error["message"]),
            detail,
        })
    }

    /// A detail's message, decoded by buf with the emitted descriptors. Connect sends it as JSON
    /// besides, which must say the same.
    fn detail(&self, detail: &Value) -> Outcome<Value> {
        let (Some(name), Some(value)) = (detail["type"].as_str(), detail["value"].as_str()) else {
            return Ok(detail.clone());
        };
        let Ok(bytes) = STANDARD_NO_PAD.decode(value.trim_end_matches('=')) else {
            return Ok(detail.clone());
        };
        let failed = |error| Failure::during(self.scratch.display(), error);
        fs::write(&self.scratch, bytes).map_err(failed)?;
        let convert = Program::new(self.buf).arg("convert").arg(&self.descriptors);
        let from = format!("{}#format=binpb", self.scratch.display());
        let convert = convert.args(["--type", name, "--from", &from, "--to", "-#format=json"]);
        let decoded = parse(&convert.stdout()?)?;
        match &detail["debug"] {
            Value::Null => Ok(decoded),
            debug if *debug == decoded => Ok(decoded),
            debug => Ok(json!({ "bytes": decoded, "debug": debug })),
        }
    }

    fn watch(&self, cookie: &str) -> Outcome<Watch> {
        let call = self.curl("Users/Watch", "{}", cookie);
        let mut child = call.start(Stdio::piped(), Stdio::piped())?;
        let (log, events) = (child.stderr.take(), child.stdout.take());
        let (Some(log), Some(events)) = (log, events) else {
            return Err(Failure::new("buf curl has no outputs"));
        };
        let answered = match self.schema {
            Schema::Emitted(_) => "< (#1) HTTP/",
            // The first call is reflection's.
            Schema::Reflected(_) => "< (#2) HTTP/",
        };
        let (opened, opens) = mpsc::channel();
        thread::spawn(move || {
            // The log is read to its end, so that buf never waits for a reader.
            for line in BufReader::new(log).lines().map_while(Result::ok) {
                if line.contains(answered) {
                    // Nobody waits for a second one.
                    drop(opened.send(line));
                }
            }
        });
        // Fails when the log ends before; the events then tell.
        drop(opens.recv());
        Ok(Watch {
            child,
            events: values(events),
        })
    }
}

/// A stream that buf reads. It ends when dropped.
#[derive(Debug)]
struct Watch {
    child: Child,
    events: Receiver<Value>,
}

impl Watch {
    /// The next event; null where the stream has ended.
    fn next(&self) -> Answer {
        Answer::Message(self.events.recv().unwrap_or(Value::Null))
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        // Either fails only where it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The JSON values that a program prints, as it prints them.
fn values(printed: ChildStdout) -> Receiver<Value> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        for value in Deserializer::from_reader(printed)
            .into_iter()
            .map_while(Result::ok)
        {
            // Fails when enough was seen.
            if sender.send(value).is_err() {
                break;
            }
        }
    });
    receiver
}

fn parse(text: &str) -> Outcome<Value> {
    serde_json::from_str(text)
        .map_err(|error| Failure::during(format!("buf printed {text:?}"), error))
}

/// Signs in, creates, watches, deletes, and does each of them wrongly as well.
pub(crate) fn check(client: &Client<'_>, checks: &mut Checks) -> Outcome {
    const RIGHT: &str = r#"{"name": "ada", "password": "lovelace"}"#;
    const WRONG: &str = r#"{"name": "ada", "password": "byron"}"#;
    const BOB: &str = r#"{"name": "bob", "email": "bob@example.com", "password": "secret"}"#;
    const ADA: &str = r#"{"name": "ada", "email": "ada@example.com", "password": "secret"}"#;
    const EVE: &str = r#"{"name": "eve", "email": "nowhere"}"#;
    const ID: &str = r#"{"id": "2"}"#;
    let bob = json!({ "id": "2", "name": "bob", "email": "bob@example.com" });
    let message = Answer::Message;

    let mut call =
        |shown: &str, procedure: &str, request: &str, cookie: &str, expected: &Answer| {
            let (answer, set) = client.call(procedure, request, cookie)?;
            checks.equal(shown, expected, &answer);
            Ok(set)
        };
    let filtered = Answer::failed("permission_denied", 920, "rejected by filter `signed_in`");
    call(
        "Users/Ping without a session",
        "Users/Ping",
        "{}",
        "",
        &filtered,
    )?;
    let refused = Answer::failed("unauthenticated", 0, "The name or the password is wrong.");
    call(
        "Sessions/SignIn with a wrong password",
        "Sessions/SignIn",
        WRONG,
        "",
        &refused,
    )?;
    let ada = message(json!({ "user": { "id": "1", "name": "ada", "admin": true } }));
    let cookie = call("Sessions/SignIn", "Sessions/SignIn", RIGHT, "", &ada)?;
    // Whether the cookie came back shows here.
    call(
        "Users/Ping",
        "Users/Ping",
        "{}",
        &cookie,
        &message(json!({})),
    )?;

    let watch = client.watch(&cookie)?;
    let created = message(json!({ "user": bob }));
    call("Users/Create", "Users/Create", BOB, &cookie, &created)?;
    let invalid = Answer::failed("invalid_argument", 1, "no @ in \"nowhere\"");
    call(
        "Users/Create with a wrong e-mail address",
        "Users/Create",
        EVE,
        &cookie,
        &invalid,
    )?;
    call(
        "Users/Delete",
        "Users/Delete",
        ID,
        &cookie,
        &message(json!({})),
    )?;
    call(
        "Users/Delete once more",
        "Users/Delete",
        ID,
        &cookie,
        &message(json!({})),
    )?;
    let taken = Answer::failed("already_exists", 3, "the name \"ada\" is taken");
    call(
        "Users/Create once more",
        "Users/Create",
        ADA,
        &cookie,
        &taken,
    )?;
    checks.equal(
        "Users/Watch, first event",
        &message(json!({ "created": bob })),
        &watch.next(),
    );
    checks.equal(
        "Users/Watch, second event",
        &message(json!({ "deleted": "2" })),
        &watch.next(),
    );
    Ok(())
}
