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
    text.push_str("\n[dependencies]\n");
    let mut dependencies = vec![dependency(
        "iris-client",
        None,
        &client.iris_client,
        DefaultFeatures::Off,
    )];
    if let Messages::From {
        path,
        package,
        dependency: from,
    } = &client.messages
    {
        let name = path.split("::").next().unwrap_or_default();
        dependencies.push(dependency(
            name,
            package.as_deref(),
            from,
            DefaultFeatures::On,
        ));
    }
    dependencies.sort();
    text.extend(dependencies);
    text
}

fn pair(text: &mut String, key: &str, value: &str) {
    let _ = writeln!(text, "{key} = {}", string(value));
}

/// Whether a dependency's default features are asked for.
#[derive(PartialEq, Eq)]
enum DefaultFeatures {
    On,
    Off,
}

fn dependency(
    name: &str,
    package: Option<&str>,
    from: &Dependency,
    default_features: DefaultFeatures,
) -> String {
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
        && default_features == DefaultFeatures::On
    {
        return format!("{name} = {}\n", string(version));
    }
    let mut parts: Vec<String> = parts
        .iter()
        .map(|(key, value)| format!("{key} = {}", string(value)))
        .collect();
    if default_features == DefaultFeatures::Off {
        parts.push("default-features = false".to_owned());
    }
    format!("{name} = {{ {} }}\n", parts.join(", "))
}

fn string(value: &str) -> String {
    toml::Value::from(value).to_string()
}
