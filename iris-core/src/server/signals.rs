//! The signals that tell a process to stop.

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Ctrl-C and SIGTERM. Of those that come after this was made none is lost, also between two questions.
pub(crate) struct Signals {
    #[cfg(unix)]
    interrupts: Option<Signal>,
    #[cfg(unix)]
    terminations: Option<Signal>,
}

#[cfg(unix)]
impl Signals {
    pub(crate) fn new() -> Self {
        // Where the system has none of them to give, nobody can ask the process to stop in this way.
        Signals {
            interrupts: signal(SignalKind::interrupt()).ok(),
            terminations: signal(SignalKind::terminate()).ok(),
        }
    }

    /// Waits until the process is told to stop, once more where it was before.
    pub(crate) async fn next(&mut self) {
        tokio::select! {
            () = received(&mut self.interrupts) => {}
            () = received(&mut self.terminations) => {}
        }
    }
}

#[cfg(unix)]
async fn received(signal: &mut Option<Signal>) {
    if let Some(signal) = signal
        && signal.recv().await.is_some()
    {
        return;
    }
    std::future::pending::<()>().await;
}

#[cfg(not(unix))]
impl Signals {
    pub(crate) fn new() -> Self {
        Signals {}
    }

    /// Waits until the process is told to stop.
    pub(crate) async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
