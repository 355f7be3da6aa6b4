//! The end of what a process prints about one event, for its caller (AWS Lambda: `LogType` `Tail`).

use super::printed::Tag;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::time::Instant;

/// How many bytes of it are kept: 4 KB, as AWS Lambda has it.
const LONGEST: usize = 4 * 1024;

/// What is printed about an event, the last of it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tail(Arc<Mutex<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    bytes: VecDeque<u8>,
    /// The process that has the event, and since when.
    given: Option<(Tag, Instant)>,
}

impl Tail {
    /// A process has the event from now on.
    pub(super) fn begin(&self, tag: Tag) {
        self.kept().given = Some((tag, Instant::now()));
    }

    /// One more line.
    pub(super) fn push(&self, line: &[u8]) {
        let bytes = &mut self.kept().bytes;
        bytes.extend(line.iter().chain(b"\n"));
        let over = bytes.len().saturating_sub(LONGEST);
        bytes.drain(..over);
    }

    /// The last 4 KB of what was printed about the event of this id, between lines that say when it began and ended, as AWS
    /// Lambda writes them.
    pub(crate) async fn text(&self, id: &str, version: u64) -> Vec<u8> {
        // It is not needed any more, and has all that the process has open.
        let given = self.kept().given.take();
        let mut took = 0.0;
        if let Some((tag, since)) = given {
            took = since.elapsed().as_secs_f64() * 1000.0;
            tag.caught_up().await;
        }
        let mut text = format!("START RequestId: {id} Version: {version}\n").into_bytes();
        text.extend(&self.kept().bytes);
        let end = format!("END RequestId: {id}\nREPORT RequestId: {id}\tDuration: {took:.2} ms\n");
        text.extend(end.as_bytes());
        let over = text.len().saturating_sub(LONGEST);
        text.split_off(over)
    }

    /// It is never half changed.
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn it_has_the_last_of_what_was_printed() {
        let tail = Tail::default();
        for number in 0..2_000 {
            tail.push(format!("line {number}").as_bytes());
        }
        let text = String::from_utf8(tail.text("1", 7).await).unwrap();
        assert_eq!(text.len(), LONGEST);
        assert!(text.contains("line 1998\nline 1999\nEND RequestId: 1\nREPORT"));
        let short = Tail::default();
        short.push(b"one");
        let text = String::from_utf8(short.text("1", 7).await).unwrap();
        assert!(text.starts_with("START RequestId: 1 Version: 7\none\nEND RequestId: 1\n"));
    }
}
