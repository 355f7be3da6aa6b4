//! What the processes of an app print, a line each, in a file that does not grow without end.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::fs::{self, File, OpenOptions};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWriteExt, BufReader};
use tokio::sync::Mutex;

/// The bytes after which a file is put aside, and a new one begun. One is kept beside the one that grows.
const LARGEST: u64 = 8 * 1024 * 1024;

/// The longest line, in bytes. What is behind that is a line of its own.
const LONGEST: u64 = 64 * 1024;

/// An app's log: `LOG` as it grows, and `LOG.1` that was before.
#[derive(Debug, Clone)]
pub(crate) struct Log(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    file: Mutex<Option<(File, u64)>>,
}

impl Log {
    /// A log that is kept there. Nothing is opened before there is something to write.
    pub(crate) fn at(path: PathBuf) -> Log {
        Log(Arc::new(Inner {
            path,
            file: Mutex::new(None),
        }))
    }

    /// Writes down what comes, until it ends. Where the disk is full lines are lost, so that the app goes on.
    pub(crate) fn read(&self, stream: &'static str, from: impl AsyncRead + Unpin + Send + 'static) {
        let log = self.clone();
        tokio::spawn(async move {
            let mut lines = BufReader::new(from);
            let mut line = Vec::new();
            loop {
                line.clear();
                let mut limited = tokio::io::AsyncReadExt::take(&mut lines, LONGEST);
                match limited.read_until(b'\n', &mut line).await {
                    Ok(0) | Err(_) => return,
                    Ok(_) => log.0.write(stream, &line).await,
                }
            }
        });
    }
}

impl Inner {
    async fn write(&self, stream: &str, line: &[u8]) {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let text = [stream.as_bytes(), b" ", line, b"\n"].concat();
        let mut file = self.file.lock().await;
        if let Err(error) = append(&mut file, &self.path, &text).await {
            *file = None;
            tracing::warn!(%error, log = %self.path.display(), "a line of a log is lost");
        }
    }
}

async fn append(file: &mut Option<(File, u64)>, path: &Path, text: &[u8]) -> io::Result<()> {
    let added = text.len() as u64;
    if matches!(file, Some((_, length)) if *length + added > LARGEST) {
        *file = None;
        fs::rename(path, path.with_extension("log.1")).await?;
    }
    if file.is_none() {
        let mut options = OpenOptions::new();
        let opened = options.create(true).append(true).open(path).await?;
        let length = opened.metadata().await?.len();
        *file = Some((opened, length));
    }
    if let Some((file, length)) = file {
        file.write_all(text).await?;
        file.flush().await?;
        *length += added;
    }
    Ok(())
}
