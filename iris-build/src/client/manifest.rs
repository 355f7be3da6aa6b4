//! Prints the crate's Cargo.toml.

use super::{Dependency, Messages, Printer};
use crate::write::GENERATED;
use std::fmt::Write;

/// iris-client's own, so that callers may leave them out.
const FEATURES: &str = r#"[features]
default = ["cookies", "gzip", "tls"]
# Reads and writes messages compressed with Brotli.
brotli = ["iris-client/brotli"]
# Keeps the cookies that the server sets.
cookies = ["iris-client/cookies"]
# Reads and writes messages compressed with gzip or deflate.
gzip = ["iris-client/gzip"]
# Calls https:// URLs.
tls = ["iris-client/tls"]
# Reads and writes messages compressed with Zstandard; needs a C compiler.
zstd = ["iris-client/zstd"]
"#;

/// What browsers run, and Node.
pub(super) const WEB: &str = r#"all(target_arch = "wasm32", target_os = "unknown")"#;

/// Comments come from .proto files and from the server's source.
const DOCTEST: &str = r"
[lib]
# Code in comments speaks of other crates.
doctest = false

";

pub(super) fn print(printer: &Printer<'_>) -> String {
    let client = printer.client;
    let mut text = format!("# {GENERATED}. Do not edit.\n[package]\n");
    let version = client.version.as_ref().unwrap_or(&printer.package.version);
    let description = client.description.clone().unwrap_or_else(|| {
        let remotes: Vec<&str> = printer
            .schema
            .remotes
            .iter()
            .map(|remote| remote.name.as_str())
            .collect();
        format!(
            "Calls the remotes of {}: {}",
            printer.package.name,
            remotes.join(", ")
        )
    });
    pair(&mut text, "name", &printer.name());
    pair(&mut text, "version", version);
    text.push_str("edition = \"2024\"\n");
    pair(&mut text, "rust-version", env!("CARGO_PKG_RUST_VERSION"));
    pair(&mut text, "description", &description);
    for (key, value) in [
        ("license", &client.license),
        ("repository", &client.repository),
    ] {
        if let Some(value) = value {
            pair(&mut text, key, value);
        }
    }
    text.push_str("readme = \"README.md\"\n");
    if !client.publish {
        text.push_str("publish = false\n");
    }
    text.push_str(DOCTEST);
    text.push_str(FEATURES);
    if let Messages::From {
        path,
        package,
        dependency: from,
    } = &client.messages
    {
        let name = path.split("::").next().unwrap_or_default();
        text.push_str("\n[dependencies]\n");
        text.push_str(&dependency(
            name,
            package.as_deref(),
            from,
            Features::Default,
        ));
    }
    let native = dependency("iris-client", None, &client.iris_client, Features::Native);
    let _ = write!(text, "\n[target.'cfg(not({WEB}))'.dependencies]\n{native}");
    let web = client.iris_client_web.clone();
    let web = web.unwrap_or_else(|| beside(&client.iris_client));
    let web = dependency("iris-client-web", None, &web, Features::Default);
    let _ = write!(text, "\n[target.'cfg({WEB})'.dependencies]\n{web}");
    text
}

/// Where iris-client-web is found, if iris-client is there.
fn beside(iris_client: &Dependency) -> Dependency {
    match iris_client {
        Dependency::Path(path) => Dependency::Path(path.with_file_name("iris-client-web")),
        other => other.clone(),
    }
}

fn pair(text: &mut String, key: &str, value: &str) {
    let _ = writeln!(text, "{key} = {}", string(value));
}

/// Which features of a dependency are asked for.
#[derive(PartialEq, Eq)]
enum Features {
    Default,
    /// iris-client's sockets. What else there is, the crate's own features turn on.
    Native,
}

fn dependency(name: &str, package: Option<&str>, from: &Dependency, features: Features) -> String {
    let mut parts = Vec::new();
    match from {
        Dependency::Version(version) => parts.push(("version", version.clone())),
        Dependency::Path(path) => {
            parts.push(("path", path.to_string_lossy().replace('\\', "/")));
        }
        Dependency::Git { url, revision } => {
            parts.push(("git", url.clone()));
            parts.extend(revision.iter().map(|revision| ("rev", revision.clone())));
        }
    }
    parts.extend(package.map(|package| ("package", package.to_owned())));
    if let [("version", version)] = &parts[..]
        && features == Features::Default
    {
        return format!("{name} = {}\n", string(version));
    }
    let mut parts: Vec<String> = parts
        .iter()
        .map(|(key, value)| format!("{key} = {}", string(value)))
        .collect();
    if features == Features::Native {
        parts.push("default-features = false, features = [\"native\"]".to_owned());
    }
    format!("{name} = {{ {} }}\n", parts.join(", "))
}

fn string(value: &str) -> String {
    toml::Value::from(value).to_string()
}
