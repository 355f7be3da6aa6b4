//! The processes of one worker: the function's own, and beside it those of its external extensions, which AWS Lambda starts
//! and ends with it (<https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html>).
//!
//! Extensions come first: once all of them have registered the function is started. Where one of them ends before it is told
//! to, all do. In the end the function goes first, and they have two seconds for what is left to do.

use super::runtime_api::{Function, Serving};
use crate::daemon::containment::cell::Port;
use crate::daemon::process::printed::Tag;
use crate::daemon::process::{Enclosure, Launch, Order, Process};
use futures_util::FutureExt;
use futures_util::future::{join_all, select_all};
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::time::timeout;

/// How long extensions have once they are told that all ends (AWS Lambda's, with external extensions).
pub(super) const SHUTDOWN: Duration = Duration::from_secs(2);

/// The processes of one worker.
pub(super) struct Processes {
    launch: Launch,
    enclosure: Arc<Enclosure>,
    serving: Serving,
    /// What the function finds in its environment.
    environment: Vec<(&'static str, String)>,
    port: Port,
    tag: Tag,
    function: OnceLock<Process>,
    extensions: Vec<Extension>,
}

/// One extension, by the name of its file.
struct Extension {
    name: String,
    process: Process,
}

impl Processes {
    /// Starts the extensions. What the function prints is about what the tag says.
    ///
    /// # Errors
    ///
    /// Where one cannot be started; none is left then.
    pub(super) fn start(
        launch: &Launch,
        function: &Function,
        address: SocketAddr,
        tag: &Tag,
        serve: impl FnOnce(Vec<String>) -> Serving,
    ) -> io::Result<Processes> {
        let port = Port::Events(address.port());
        let files = launch.program.extensions()?;
        let names = files.iter().map(|file| name_of(file)).collect();
        let enclosure = launch.enclose()?;
        // They ask for it as soon as they are there.
        let serving = serve(names);
        let environment = function.environment(address);
        let theirs = function.environment_of_extensions(address);
        let start = |file: &Path| -> io::Result<Extension> {
            let order = Order {
                program: file,
                arguments: &[],
                environment: &theirs,
                port,
                listener: None,
                tag: &Tag::default(),
            };
            Ok(Extension {
                name: name_of(file),
                process: launch.spawn_in(&enclosure, order)?,
            })
        };
        let extensions: io::Result<Vec<_>> = files.iter().map(|file| start(file)).collect();
        Ok(Processes {
            launch: launch.clone(),
            enclosure,
            serving,
            environment,
            port,
            tag: tag.clone(),
            function: OnceLock::new(),
            extensions: extensions?,
        })
    }

    /// Starts the function, once all extensions have registered. Given up, it may be begun again.
    pub(super) async fn begin(&self) -> io::Result<()> {
        self.serving.all_registered().await;
        let order = self.launch.order(&self.environment, self.port, &self.tag);
        let process = self.launch.spawn_in(&self.enclosure, order)?;
        // Nobody else begins.
        let _ = self.function.set(process);
        Ok(())
    }

    pub(super) fn has_begun(&self) -> bool {
        self.function.get().is_some()
    }

    /// Why the function does not start yet.
    pub(super) fn missing(&self) -> String {
        match self.serving.not_registered() {
            Some(name) => format!("its extension {name} did not register in time"),
            None => "it did not ask for an event in time".to_owned(),
        }
    }

    /// Waits until one of them has ended, and says how.
    pub(super) async fn ended(&self) -> String {
        let function = self.function.get().map(|process| process.ended().boxed());
        let extensions = self.extensions.iter().map(|extension| {
            let how = extension.process.ended();
            let name = &extension.name;
            how.map(move |how| format!("its extension {name} ended: {how}"))
                .boxed()
        });
        let all: Vec<_> = function.into_iter().chain(extensions).collect();
        match all.is_empty() {
            true => std::future::pending().await,
            false => select_all(all).await.0,
        }
    }

    /// Ends all of them, each as gently as it allows: `spindown`, or `failure`.
    pub(super) async fn stop(&self, reason: &str) {
        self.serving.tell_within(reason).await;
        if let Some(function) = self.function.get() {
            function.stop().await;
        }
        self.end_extensions(reason).await;
    }

    /// Its time for an event is over: extensions within it hear of that before it is ended, since they end with it.
    pub(super) async fn time_out(&self) {
        self.serving.tell_within("timeout").await;
        self.reset("timeout").await;
    }

    /// Ends the function at once, and then its extensions: `timeout`, or `failure`.
    pub(super) async fn reset(&self, reason: &str) {
        if let Some(function) = self.function.get() {
            match self.extensions.is_empty() {
                true => function.kill().await,
                false => function.kill_alone().await,
            }
        }
        self.end_extensions(reason).await;
    }

    async fn end_extensions(&self, reason: &str) {
        if self.extensions.is_empty() {
            return;
        }
        let told = self.serving.tell_beside(reason);
        for extension in &self.extensions {
            if !told.contains(&extension.name) {
                extension.process.ask_to_end();
            }
        }
        let all_ended = join_all(
            self.extensions
                .iter()
                .map(|extension| extension.process.ended()),
        );
        let _ = timeout(SHUTDOWN, all_ended).await;
        // Those that are left, with whatever they have started.
        join_all(
            self.extensions
                .iter()
                .map(|extension| extension.process.kill()),
        )
        .await;
    }
}

fn name_of(file: &Path) -> String {
    let name = file.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}
