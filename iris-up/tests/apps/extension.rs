//! An external extension for tests. What it is like its name says: `watcher`, `quitter`, `stranger`, `failing`.

#![expect(
    clippy::disallowed_methods,
    reason = "it ends without a word, as programs of others do"
)]

mod asking;

use asking::ask;
use serde_json::{Value, json};
use std::env;
use std::error::Error;
use std::process::exit;

fn main() -> Result<(), Box<dyn Error>> {
    let program = env::current_exe()?;
    let name = program
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    println!("{name} own {}", std::process::id());
    let found = ["LAMBDA_TASK_ROOT", "_HANDLER", "AWS_LAMBDA_FUNCTION_NAME"];
    let found = found.map(|name| env::var(name).is_ok());
    println!(
        "{name} finds {found:?} in {}",
        env::current_dir()?.display()
    );
    let wants = match name.as_str() {
        "watcher" | "quitter" => json!({ "events": ["INVOKE", "SHUTDOWN"] }),
        _ => json!({ "events": ["INVOKE"] }),
    };
    // A stranger is not known by the name that it gives.
    let told = match name.as_str() {
        "stranger" => "somebody",
        name => name,
    };
    let headers = [format!("lambda-extension-name: {told}")];
    let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
    let (status, answered, _) = ask(
        "POST",
        "/2020-01-01/extension/register",
        &headers,
        &wants.to_string(),
    )?;
    println!("{name} registered {status}");
    let id = answered
        .iter()
        .find_map(|line| line.strip_prefix("lambda-extension-identifier:"));
    let id = format!(
        "lambda-extension-identifier: {}",
        id.unwrap_or_default().trim()
    );
    if name == "failing" {
        let kind = "lambda-extension-function-error-type: Extension.NoLicence";
        ask(
            "POST",
            "/2020-01-01/extension/init/error",
            &[&id, kind],
            "{}",
        )?;
    }
    loop {
        let (_, _, event) = ask("GET", "/2020-01-01/extension/event/next", &[&id], "")?;
        let event: Value = serde_json::from_slice(&event)?;
        println!(
            "{name} hears {} of {}",
            event["eventType"], event["requestId"]
        );
        if event["eventType"] == "SHUTDOWN" {
            println!("{name} ends by {}", event["shutdownReason"]);
            exit(0);
        }
        if name == "quitter" {
            exit(7);
        }
    }
}
