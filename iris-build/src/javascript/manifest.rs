//! Prints the package's `package.json`.

use super::TypeScriptPackage;
use super::model::Model;
use crate::project::Package;
use serde_json::{Map, Value, json};

pub(super) fn print(npm: &TypeScriptPackage, package: &Package, model: &Model) -> String {
    let remotes: Vec<&str> = model
        .remotes
        .iter()
        .map(|remote| remote.class.as_str())
        .collect();
    let description = npm.description.clone().unwrap_or_else(|| {
        format!(
            "Calls the remotes of {}: {}",
            package.name,
            remotes.join(", ")
        )
    });
    let mut manifest = Map::new();
    let mut set = |key: &str, value: Value| drop(manifest.insert(key.to_owned(), value));
    set("name", name(npm, package).into());
    let version = npm.version.as_ref().unwrap_or(&package.version);
    set("version", version.as_str().into());
    set("description", description.into());
    for (key, value) in [("license", &npm.license), ("repository", &npm.repository)] {
        if let Some(value) = value {
            set(key, value.as_str().into());
        }
    }
    if !npm.publish {
        set("private", true.into());
    }
    set("type", "module".into());
    set("sideEffects", false.into());
    set("types", "./index.d.ts".into());
    set(
        "exports",
        json!({ ".": { "types": "./index.d.ts", "default": "./index.js" } }),
    );
    set("files", json!(["index.d.ts", "index.js"]));
    set("engines", json!({ "node": ">=20" }));
    let mut text = serde_json::to_string_pretty(&manifest).unwrap_or_default();
    text.push('\n');
    text
}

/// The package's name.
pub(super) fn name(npm: &TypeScriptPackage, package: &Package) -> String {
    // npm takes small letters alone.
    let default = || format!("{}-client", package.name.to_lowercase());
    npm.name.clone().unwrap_or_else(default)
}
