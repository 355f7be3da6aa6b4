//! `iris-up client`: the client of an app, made of what the app says of itself.

use super::place::Place;
use super::{Outcome, descriptors};
use clap::Args;
use iris_build::{ClientCrate, Dependency, Described, Mode, TypeScriptPackage};
use iris_up_client::messages::iris::up::v1::AppRequest;
use serde_json::json;
use std::error::Error;
use std::fs;
use std::io::{Write, stdout};
use std::path::{Path, PathBuf};

/// Writes the client of an app that says what it serves: a crate, or a package for JavaScript and TypeScript.
#[derive(Debug, Args)]
pub(super) struct Client {
    /// The app's name.
    name: String,
    /// The folder to write to: a new one, or one that was written to before.
    #[arg(long, short, value_name = "FOLDER")]
    out: PathBuf,
    /// Writes a package for JavaScript and TypeScript, in browsers and in Node.js, in place of a crate.
    #[arg(long)]
    typescript: bool,
    /// The app's OpenAPI document, which names its error codes: /-/openapi.json where it shows one.
    #[arg(long, value_name = "FILE")]
    openapi: Option<PathBuf>,
    /// What the crate or package is called; APP-client unless told.
    #[arg(long = "name", short = 'n', value_name = "NAME")]
    package: Option<String>,
    /// The version of the crate or package.
    #[arg(long, value_name = "VERSION", default_value = "0.1.0")]
    package_version: String,
    /// The folder of iris-client, where the crate is not to have it from a registry.
    #[arg(long, value_name = "FOLDER", conflicts_with = "typescript")]
    iris_client: Option<PathBuf>,
    #[command(flatten)]
    place: Place,
}

impl Client {
    pub(super) async fn run(self) -> Outcome {
        let apps = self.place.remotes()?.apps();
        let request = AppRequest {
            name: self.name.clone(),
        };
        let services = apps.get(request.clone()).await?.services;
        let described = apps.descriptors(request).await?.descriptors;
        if described.is_empty() {
            return Err(descriptors::says_nothing(&self.name));
        }
        let named = self.package_name()?;
        let described = Described::new(&self.name, described)
            .version(&self.package_version)
            .services(services)
            .base(std::env::current_dir()?)
            .mode(Mode::Changed);
        let described = match &self.openapi {
            Some(file) => {
                let at = |error| format!("{}: {error}", file.display());
                described.openapi(fs::read_to_string(file).map_err(at)?)
            }
            None => described,
        };
        let described = match self.typescript {
            true => described.typescript(TypeScriptPackage::new(&self.out).name(&named)),
            false => described.client(self.crate_called(&named)?),
        };
        let outcome = described
            .run()
            .map_err(|error| format!("no client of {} is made: {error}", self.name))?;
        if self.place.json {
            let (written, removed) = (outcome.written(), outcome.removed());
            let told = json!({ "name": named, "written": written, "removed": removed });
            return Ok(writeln!(stdout(), "{told}")?);
        }
        let changed = outcome.written().len() + outcome.removed().len();
        let out = self.out.display();
        match changed {
            0 => writeln!(stdout(), "{out} is as it was: {named} of {}", self.name)?,
            _ => writeln!(stdout(), "{out} has {named}, the client of {}", self.name)?,
        }
        Ok(write!(stdout(), "{}", self.next(&named))?)
    }

    /// What it is called, where that can be a name.
    fn package_name(&self) -> Result<String, Box<dyn Error + Send + Sync>> {
        let name = match &self.package {
            Some(name) => name.clone(),
            None => format!("{}-client", self.name),
        };
        let is_name = match self.typescript {
            true => is_npm(&name),
            false => is_crate(&name),
        };
        match is_name {
            true => Ok(name),
            false => {
                let what = match self.typescript {
                    true => "package",
                    false => "crate",
                };
                Err(format!("{name:?} is no name of a {what}; say one with --name").into())
            }
        }
    }

    fn crate_called(&self, name: &str) -> Result<ClientCrate, Box<dyn Error + Send + Sync>> {
        let client = ClientCrate::new(&self.out).name(name);
        let Some(folder) = &self.iris_client else {
            return Ok(client);
        };
        // In Cargo.toml it would be relative to the crate.
        let folder = folder
            .canonicalize()
            .ok()
            .filter(|folder| folder.join("Cargo.toml").is_file())
            .ok_or_else(|| format!("{} is no folder of iris-client", folder.display()))?;
        Ok(client.iris_client(Dependency::Path(folder)))
    }

    /// What is to be done with what was written.
    fn next(&self, name: &str) -> String {
        let url = self.place.web_url().unwrap_or("http://ADDRESS:2374");
        let folder = absolute(&self.out);
        let folder = folder.display();
        match self.typescript {
            true => format!(
                "   install    npm install {folder}\n   \
                    import     import {{ Remotes }} from \"{name}\";\n   \
                    call       new Remotes(\"{url}\")\n"
            ),
            false => format!(
                "   Cargo.toml {name} = {{ path = \"{folder}\" }}\n   \
                    call       {}::Remotes::connect(\"{url}\")?\n",
                name.replace('-', "_")
            ),
        }
    }
}

fn absolute(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

/// What Cargo takes for a name, and Rust for the crate's.
fn is_crate(name: &str) -> bool {
    let first = name.bytes().next();
    first.is_some_and(|first| first.is_ascii_alphabetic())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

/// What npm takes for a name: `users-client`, `@acme/users`.
fn is_npm(name: &str) -> bool {
    let part = |part: &str| {
        part.bytes()
            .next()
            .is_some_and(|first| first.is_ascii_lowercase() || first.is_ascii_digit())
            && part.bytes().all(|byte| {
                byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_.".contains(&byte)
            })
    };
    match name.strip_prefix('@') {
        Some(scoped) => scoped
            .split_once('/')
            .is_some_and(|(scope, name)| part(scope) && part(name)),
        None => part(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_that_registries_take() {
        for name in ["users-client", "Users_2"] {
            assert!(is_crate(name), "{name}");
        }
        for name in ["", "1st-client", "a b", "a/b", "größe"] {
            assert!(!is_crate(name), "{name}");
        }
        for name in ["users-client", "1st.client", "@acme/users"] {
            assert!(is_npm(name), "{name}");
        }
        for name in ["", "Users", "@acme", "acme/users", "@acme/../users", ".."] {
            assert!(!is_npm(name), "{name}");
        }
    }
}
