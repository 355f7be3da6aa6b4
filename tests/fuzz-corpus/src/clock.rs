//! A runtime whose clock goes on by itself once nothing else can.

use std::time::Duration;

/// Longer than any time Connect can say; the clock does not wait for it.
pub(crate) const FOR_EVER: Duration = Duration::from_secs(200 * 24 * 3600);

/// What comes of this; `None` where it does not end within any time that can be asked for.
pub(crate) fn run<T>(future: impl Future<Output = T>) -> Option<T> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime");
    runtime.block_on(async { tokio::time::timeout(FOR_EVER, future).await.ok() })
}
