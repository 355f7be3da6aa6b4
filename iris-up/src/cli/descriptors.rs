//! `iris-up descriptors`: what an app has to call, for tools that make clients of it.

use super::place::Place;
use super::{Outcome, show};
use clap::Args;
use iris_up_client::messages::iris::up::v1::AppRequest;
use serde_json::json;
use std::error::Error;
use std::fs;
use std::path::PathBuf;

/// Writes what describes the services of an app: a google.protobuf.FileDescriptorSet, as buf, protoc and build scripts take
/// it.
#[derive(Debug, Args)]
pub(super) struct Descriptors {
    /// The app's name.
    name: String,
    /// The file to write.
    #[arg(long, short, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    place: Place,
}

impl Descriptors {
    pub(super) async fn run(self) -> Outcome {
        let request = AppRequest {
            name: self.name.clone(),
        };
        let response = self.place.remotes()?.apps().descriptors(request).await?;
        if response.descriptors.is_empty() {
            return Err(says_nothing(&self.name));
        }
        let at = |error| format!("{}: {error}", self.out.display());
        fs::write(&self.out, &response.descriptors).map_err(at)?;
        let bytes = response.descriptors.len();
        let told = json!({ "name": self.name, "file": self.out, "bytes": bytes });
        show::done(told, self.place.json)
    }
}

/// What is told of an app that does not say what it has to call.
pub(super) fn says_nothing(name: &str) -> Box<dyn Error + Send + Sync> {
    format!("{name} does not say what it serves: it answers no gRPC reflection").into()
}
