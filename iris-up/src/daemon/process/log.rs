//! What the processes of an app print, a line each, in a file that does not grow without end.
//!
//! A line of the file is `2026-11-27T20:55:01.123Z out text`, or `.. out/ID text` where it is known to be about an event.

use crate::daemon::Failure;
use crate::messages::iris::up::v1::LogLine;
use futures_util::{Stream, StreamExt, stream};
use prost_types::Timestamp;
use std::collections::VecDeque;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::SystemTime;
use tokio::fs::{self, File, OpenOptions};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::sync::{Mutex, broadcast};

/// The bytes after which a file is put aside, and a new one begun. One is kept beside the one that grows.
const LARGEST: u64 = 8 * 1024 * 1024;

/// How many lines wait for one who follows: with the longest, 16 MiB.
const BEHIND: usize = 256;

/// The most lines of those that there are that one may ask for.
const MOST: usize = 10_000;

/// An app's log: `LOG` as it grows, and `LOG.1` that was before.
#[derive(Debug, Clone)]
pub(crate) struct Log(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    file: Mutex<Option<(File, u64)>>,
    /// Those who follow.
    followed: OnceLock<broadcast::Sender<LogLine>>,
}

impl Log {
    /// A log that is kept there. Nothing is opened before there is something to write.
    pub(crate) fn at(path: PathBuf) -> Log {
        Log(Arc::new(Inner {
            path,
            file: Mutex::new(None),
            // Its lines take memory that only those who are followed need.
            followed: OnceLock::new(),
        }))
    }

    /// Writes down a line of an output, and the event that it is about.
    pub(super) async fn write(&self, stream: &str, line: &[u8], request_id: String) {
        self.0.write(stream, line, request_id).await;
    }

    /// Removes what was printed.
    pub(crate) async fn remove(&self) -> Result<(), Failure> {
        let mut file = self.0.file.lock().await;
        *file = None;
        for path in [before(&self.0.path), self.0.path.clone()] {
            match fs::remove_file(&path).await {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(Failure::at(&path)(error));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Writes down what the daemon has to say of the app.
    pub(crate) async fn note(&self, text: &str) {
        self.0
            .write("iris-up", text.as_bytes(), String::new())
            .await;
    }

    /// The last so many lines, and then those that come, if they are wanted.
    pub(crate) async fn lines(
        &self,
        count: usize,
        follow: bool,
    ) -> Result<impl Stream<Item = LogLine> + Send + use<>, Failure> {
        // Nothing is written meanwhile: no line is left out, and none comes twice.
        let file = self.0.file.lock().await;
        let last = last(&self.0.path, count.min(MOST)).await;
        let coming = follow.then(|| {
            let followed = || broadcast::Sender::new(BEHIND);
            self.0.followed.get_or_init(followed).subscribe()
        });
        drop(file);
        let last = last.map_err(Failure::at(&self.0.path))?;
        let coming = stream::unfold(coming, async |coming| {
            let mut coming = coming?;
            let line = match coming.recv().await {
                Ok(line) => line,
                Err(broadcast::error::RecvError::Lagged(lines)) => {
                    LogLine::new("iris-up", format!("{lines} lines are left out here"))
                }
                Err(broadcast::error::RecvError::Closed) => return None,
            };
            Some((line, Some(coming)))
        });
        Ok(stream::iter(last).chain(coming))
    }
}

impl Inner {
    async fn write(&self, stream: &str, line: &[u8], request_id: String) {
        let line = LogLine {
            request_id,
            ..LogLine::new(stream, String::from_utf8_lossy(line).into_owned())
        };
        let mut file = self.file.lock().await;
        if let Err(error) = append(&mut file, &self.path, line.written().as_bytes()).await {
            *file = None;
            tracing::warn!(%error, log = %self.path.display(), "a line of a log is lost");
        }
        // Whether anybody follows does not matter.
        if let Some(followed) = self.followed.get() {
            let _ = followed.send(line);
        }
    }
}

impl LogLine {
    fn new(stream: &str, text: String) -> LogLine {
        let now = Timestamp::from(SystemTime::now());
        LogLine {
            time: Some(Timestamp {
                nanos: now.nanos / 1_000_000 * 1_000_000,
                ..now
            }),
            stream: stream.to_owned(),
            text,
            request_id: String::new(),
        }
    }

    /// As it is in the file.
    fn written(&self) -> String {
        let time = self.time.unwrap_or_default();
        match self.request_id.as_str() {
            "" => format!("{time} {} {}\n", self.stream, self.text),
            id => format!("{time} {}/{id} {}\n", self.stream, self.text),
        }
    }

    /// A line of the file.
    fn parse(line: &str) -> Option<LogLine> {
        let (time, rest) = line.split_once(' ')?;
        let (stream, text) = rest.split_once(' ')?;
        let (stream, id) = stream.split_once('/').unwrap_or((stream, ""));
        Some(LogLine {
            time: Some(time.parse().ok()?),
            stream: stream.to_owned(),
            text: text.to_owned(),
            request_id: id.to_owned(),
        })
    }
}

async fn append(file: &mut Option<(File, u64)>, path: &Path, text: &[u8]) -> io::Result<()> {
    let added = text.len() as u64;
    if matches!(file, Some((_, length)) if *length + added > LARGEST) {
        *file = None;
        fs::rename(path, before(path)).await?;
    }
    if file.is_none() {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).await?;
        }
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

/// The file that was put aside.
fn before(path: &Path) -> PathBuf {
    path.with_extension("log.1")
}

/// The last so many lines of both files.
async fn last(path: &Path, count: usize) -> io::Result<Vec<LogLine>> {
    let mut last = VecDeque::new();
    for path in [&before(path), path] {
        let file = match File::open(path).await {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        };
        let mut file = BufReader::new(file);
        let mut line = Vec::new();
        while file.read_until(b'\n', &mut line).await? > 0 {
            // What an app printed, or half a line where the disk was full, may be no UTF-8.
            last.extend(LogLine::parse(
                String::from_utf8_lossy(&line).trim_end_matches('\n'),
            ));
            line.clear();
            while last.len() > count {
                last.pop_front();
            }
        }
    }
    Ok(last.into())
}
