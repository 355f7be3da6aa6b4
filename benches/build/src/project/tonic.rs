//! The same services written with tonic.

use super::{chained, modules};
use crate::failure::{Outcome, write};
use crate::load::{Kind, Load, PACKAGE, Procedure, Remote};
use std::fs;
use std::path::Path;

/// Dependencies of a crate with generated code. prost-build asks for the same crates as Iris does.
const BUILD: &str = r#"
[build-dependencies]
protox = "0.10"
tonic-prost-build = { version = "0.14.4", default-features = false, features = ["transport"] }
"#;

/// Writes the server.
pub(crate) fn write_server(folder: &Path, load: &Load, contract: &Path) -> Outcome {
    let manifest = r#"[package]
name = "tonic-server"
version = "0.0.0"
edition = "2024"

[dependencies]
futures-util = { version = "0.3.31", default-features = false, features = ["std"] }
prost = { version = "0.14.4", default-features = false, features = ["std", "derive"] }
tokio = { version = "1.48", default-features = false, features = ["macros", "rt-multi-thread"] }
tonic = { version = "0.14.4", default-features = false, features = ["codegen", "router", "server"] }
tonic-prost = "0.14.4"
"#;
    write(&folder.join("Cargo.toml"), format!("{manifest}{BUILD}"))?;
    write(
        &folder.join("build.rs"),
        build_script(".build_client(false)"),
    )?;
    copy(contract, &folder.join("proto"))?;
    let added = chained(load, |name| {
        let module = format!("{}_server", module(name));
        format!("        .add_service(messages::{module}::{name}Server::new(remotes::{name}))\n")
    });
    let main = format!(
        r#"mod remotes;

mod messages {{
    tonic::include_proto!("{PACKAGE}");
}}

#[tokio::main]
async fn main() -> Result<(), tonic::transport::Error> {{
    tonic::transport::Server::builder()
{added}        .serve(([127, 0, 0, 1], 0).into())
        .await
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

/// Writes the client: nothing but what is generated.
pub(crate) fn write_client(folder: &Path, contract: &Path) -> Outcome {
    let manifest = r#"[package]
name = "tonic-client"
version = "0.0.0"
edition = "2024"

[dependencies]
prost = { version = "0.14.4", default-features = false, features = ["std", "derive"] }
tonic = { version = "0.14.4", default-features = false, features = ["channel", "codegen"] }
tonic-prost = "0.14.4"
"#;
    write(&folder.join("Cargo.toml"), format!("{manifest}{BUILD}"))?;
    write(
        &folder.join("build.rs"),
        build_script(".build_server(false)"),
    )?;
    copy(contract, &folder.join("proto"))?;
    let included = format!("tonic::include_proto!(\"{PACKAGE}\");\n");
    write(&folder.join("src/lib.rs"), included)
}

fn build_script(options: &str) -> String {
    format!(
        r#"use std::error::Error;
use std::path::PathBuf;

fn main() -> Result<(), Box<dyn Error>> {{
    println!("cargo:rerun-if-changed=proto");
    let files = std::fs::read_dir("proto/bench/v1")?
        .map(|entry| Ok(entry?.path()))
        .collect::<std::io::Result<Vec<PathBuf>>>()?;
    let descriptors = protox::compile(files, ["proto"])?;
    tonic_prost_build::configure(){options}.compile_fds(descriptors)?;
    Ok(())
}}
"#
    )
}

/// How tonic names the module of a service: `Shelf07` becomes `shelf07`.
fn module(name: &str) -> String {
    name.to_lowercase()
}

fn source(remote: &Remote) -> String {
    let Remote { name, procedures } = remote;
    let messages = remote.message_names();
    let module = module(name);
    let functions: String = procedures.iter().map(function).collect();
    format!(
        r#"#![allow(unused_imports)]

use crate::messages::{module}_server;
use crate::messages::{{
{messages}}};
use futures_util::{{Stream, StreamExt, stream}};
use std::pin::Pin;
use tonic::{{Request, Response, Status, Streaming}};

/// The books of {name}.
pub struct {name};

#[tonic::async_trait]
impl {module}_server::{name} for {name} {{{functions}}}
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
    let (first, rest) = name.split_at(1);
    let stream = format!("{}{rest}Stream", first.to_uppercase());
    let declared = format!(
        "\n    type {stream} = Pin<Box<dyn Stream<Item = Result<{response}, Status>> + Send>>;\n"
    );
    let head = format!("\n    /// Does {name} to a book.\n    async fn {name}(&self, ");
    match kind {
        Kind::Unary => format!(
            "{head}request: Request<{request}>) -> Result<Response<{response}>, Status> {{
        let request = request.into_inner();
        Ok(Response::new({response} {{ id: request.id, ..Default::default() }}))
    }}\n"
        ),
        Kind::ServerStream => format!(
            "{declared}{head}request: Request<{request}>) -> Result<Response<Self::{stream}>, Status> {{
        let response = {response} {{ id: request.into_inner().id, ..Default::default() }};
        Ok(Response::new(Box::pin(stream::iter([Ok(response)]))))
    }}\n"
        ),
        Kind::Bidirectional => format!(
            "{declared}{head}requests: Request<Streaming<{request}>>) -> Result<Response<Self::{stream}>, Status> {{
        let responses = requests
            .into_inner()
            .map(|request| Ok({response} {{ id: request?.id, ..Default::default() }}));
        Ok(Response::new(Box::pin(responses)))
    }}\n"
        ),
    }
}

fn copy(from: &Path, to: &Path) -> Outcome {
    let listed = fs::read_dir(from).map_err(|error| format!("{}: {error}", from.display()))?;
    for entry in listed {
        let path = entry?.path();
        let target = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            copy(&path, &target)?;
        } else {
            write(&target, fs::read(&path)?)?;
        }
    }
    Ok(())
}
