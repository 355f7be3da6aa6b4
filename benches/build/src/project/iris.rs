//! The services written with Iris.

use super::{chained, modules};
use crate::failure::{Outcome, write};
use crate::load::{Kind, Load, Procedure, Remote};
use iris_build::{ClientCrate, Config, Dependency};
use std::path::Path;

/// What `build.rs` generates from, in this folder and without cargo.
pub(crate) fn config(folder: &Path) -> Config {
    Config::new()
        .protos("proto")
        .remotes("src/remotes")
        .client(ClientCrate::new("client").iris_client(Dependency::Version("0.1".into())))
        .base(folder)
        .out_dir(folder.join("out"))
}

/// Writes the server, and the client crate as the first build would.
pub(crate) fn write_server(folder: &Path, load: &Load, repository: &Path) -> Outcome {
    let repository_shown = repository.display();
    write(
        &folder.join("Cargo.toml"),
        format!(
            r#"[package]
name = "iris-server"
version = "0.0.0"
edition = "2024"

[dependencies]
futures-util = {{ version = "0.3.31", default-features = false, features = ["std"] }}
iris-core = {{ path = "{repository_shown}/iris-core", features = ["server"] }}
tokio = {{ version = "1.48", default-features = false, features = ["macros", "rt-multi-thread"] }}

[build-dependencies]
iris-build = {{ path = "{repository_shown}/iris-build" }}
"#
        ),
    )?;
    write(
        &folder.join("build.rs"),
        format!(
            r#"use iris_build::{{ClientCrate, Config, Dependency}};

fn main() -> Result<(), iris_build::Error> {{
    iris_build::generate(
        Config::new()
            .protos("proto")
            .remotes("src/remotes")
            .client(ClientCrate::new("client").iris_client(Dependency::Path("{repository_shown}/iris-client".into()))),
    )
}}
"#
        ),
    )?;
    for (path, text) in load.protos() {
        write(&folder.join("proto").join(path), text)?;
    }
    write_sources(folder, load)?;
    let client = ClientCrate::new("client");
    let client = client.iris_client(Dependency::Path(repository.join("iris-client")));
    let config = Config::new().protos("proto").remotes("src/remotes");
    iris_build::run(&config.client(client).base(folder))?;
    Ok(())
}

fn write_sources(folder: &Path, load: &Load) -> Outcome {
    let added = chained(load, |name| {
        format!("        .add_remote(remotes::{name})\n")
    });
    let main = format!(
        r#"mod remotes;

mod messages {{
    iris_core::include_generated!();
}}

#[tokio::main]
async fn main() -> Result<(), iris_core::StartError> {{
    iris_core::Iris::without_context()
{added}        .add_server(iris_core::HttpServer::bind("127.0.0.1:0"))
        .serve()
        .await
        .map(|_| ())
}}
"#
    );
    write(&folder.join("src/main.rs"), main)?;
    write(&folder.join("src/remotes/mod.rs"), modules(load))?;
    for remote in &load.remotes {
        let path = folder.join(format!("src/remotes/{}.rs", remote.module()));
        write(&path, source(remote))?;
    }
    Ok(())
}

fn source(remote: &Remote) -> String {
    let Remote { name, procedures } = remote;
    let messages = remote.message_names();
    let functions: String = procedures.iter().map(function).collect();
    format!(
        r#"#![allow(unused_imports)]

use crate::messages::bench::v1::{{
{messages}}};
use futures_util::{{StreamExt, stream}};
use iris_core::{{IrisError, Request, Stream, Streaming, remote}};

/// The books of {name}.
pub struct {name};

#[remote(package = "bench.v1")]
impl {name} {{{functions}}}
"#
    )
}

fn function(procedure: &Procedure) -> String {
    let Procedure {
        name,
        kind,
        request,
        response,
    } = procedure;
    let head = format!(
        "\n    /// Does {name} to a book.\n    #[procedure]\n    async fn {name}(&self, _: &Request, "
    );
    let stream = format!("impl Stream<Item = Result<{response}, IrisError>>");
    match kind {
        Kind::Unary => format!(
            "{head}request: {request}) -> Result<{response}, IrisError> {{
        Ok({response} {{ id: request.id, ..Default::default() }})
    }}\n"
        ),
        Kind::ServerStream => format!(
            "{head}request: {request}) -> Result<{stream}, IrisError> {{
        let response = {response} {{ id: request.id, ..Default::default() }};
        Ok(stream::iter([Ok(response)]))
    }}\n"
        ),
        Kind::Bidirectional => format!(
            "{head}requests: Streaming<{request}>) -> Result<{stream}, IrisError> {{
        Ok(requests.map(|request| Ok({response} {{ id: request?.id, ..Default::default() }})))
    }}\n"
        ),
    }
}
