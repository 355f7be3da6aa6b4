//! The app as the temporary daemon has it.

use super::BoxError;
use crate::cli::upload::upload;
use iris_up_client::Remotes;
use iris_up_client::iris_client::Client;
use iris_up_client::messages::iris::up::v1::{LogLine, LogsRequest, PushRequest, push_event::Step};
use std::io::{Write, stderr, stdout};
use std::path::Path;
use std::time::Instant;
use tokio::task::JoinHandle;

/// How many lines are shown that it printed before anybody listened.
const LINES: u32 = 1_000;

/// The app, and what of it was pushed last.
pub(super) struct App {
    remotes: Remotes,
    url: String,
    /// The artifact of the version that runs, with its number.
    runs: Option<(String, u64)>,
    /// Shows what it prints.
    log: Option<JoinHandle<()>>,
}

impl App {
    pub(super) fn new(url: &str) -> Result<App, BoxError> {
        Ok(App {
            remotes: Remotes::new(Client::builder(url).build()?),
            url: url.to_owned(),
            runs: None,
            log: None,
        })
    }

    /// Makes an executable the version that runs, unless it is that already.
    ///
    /// # Errors
    ///
    /// Why it does not run. Then the one before goes on.
    pub(super) async fn push(
        &mut self,
        program: &Path,
        request: impl FnOnce(String) -> Result<PushRequest, BoxError>,
    ) -> Result<(), BoxError> {
        let begun = Instant::now();
        let artifact = upload(&self.remotes, program, false).await?;
        if let Some((runs, version)) = &self.runs
            && *runs == artifact
        {
            eprintln!("nothing of it has changed: version {version} goes on");
            return Ok(());
        }
        let request = request(artifact.clone())?;
        let name = request.name.clone();
        let mut events = self.remotes.apps().push(request).await?;
        while let Some(event) = events.message().await? {
            // From the first on there is something that may print.
            self.show_log(&name).await;
            let is_over = event.step() == Step::Switched;
            if let Some(app) = event.app.filter(|_| is_over) {
                let seconds = begun.elapsed().as_secs_f32();
                let (version, url) = (app.version, &self.url);
                let host = url.replace("127.0.0.1", &format!("{name}.{}", super::DOMAIN));
                eprintln!(
                    " • {name} - version {version} runs, after {seconds:.1} s: {url}/{name}/ or {host}/"
                );
                self.runs = Some((artifact.clone(), version));
            }
        }
        Ok(())
    }

    /// Says why there is no new version.
    pub(super) fn failed(&self, error: &BoxError) {
        match &self.runs {
            Some((_, version)) => eprintln!("iris-up: {error}: version {version} goes on"),
            None => eprintln!("iris-up: {error}: nothing runs yet"),
        }
    }

    /// Shows what the app prints, once for as long as it is there.
    async fn show_log(&mut self, name: &str) {
        if self.log.as_ref().is_some_and(|log| !log.is_finished()) {
            return;
        }
        let request = LogsRequest {
            name: name.to_owned(),
            lines: LINES,
            follow: true,
        };
        let Ok(mut lines) = self.remotes.apps().logs(request).await else {
            return;
        };
        self.log = Some(tokio::spawn(async move {
            while let Ok(Some(line)) = lines.message().await {
                show(&line);
            }
        }));
    }
}

impl Drop for App {
    fn drop(&mut self) {
        if let Some(log) = &self.log {
            log.abort();
        }
    }
}

/// As the app printed it. Whether anybody reads it does not matter.
fn show(line: &LogLine) {
    let _ = match line.stream.as_str() {
        "out" => writeln!(stdout(), "{}", line.text),
        "err" => writeln!(stderr(), "{}", line.text),
        daemon => writeln!(stderr(), "{daemon}: {}", line.text),
    };
}
