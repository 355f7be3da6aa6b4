//! The chat.

use super::fits;
use crate::error::PicnicError;
use crate::messages::picnic::v1::{Line, Remark};
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::sync::broadcast;

/// How many lines are kept for those who come later.
const RECENT: usize = 50;

/// Where guests talk.
#[derive(Debug)]
pub struct Room {
    recent: Mutex<VecDeque<Line>>,
    lines: broadcast::Sender<Line>,
}

impl Default for Room {
    fn default() -> Self {
        Room {
            recent: Mutex::default(),
            lines: broadcast::Sender::new(64),
        }
    }
}

impl Room {
    /// What was said of late, and everything that is said from then on.
    pub fn enter(&self) -> (Vec<Line>, broadcast::Receiver<Line>) {
        let recent = self.recent();
        (recent.iter().cloned().collect(), self.lines.subscribe())
    }

    /// Says something to everybody in the room, unless that was done already.
    ///
    /// # Errors
    ///
    /// Where it is nothing, or too much.
    pub fn say(&self, guest: &str, remark: Remark) -> Result<(), PicnicError> {
        if !fits(&remark.text, 500) || !fits(&remark.id, 64) {
            return Err(PicnicError::InvalidRemark);
        }
        let line = Line {
            guest: guest.into(),
            text: remark.text.trim().into(),
            at: now(),
            id: remark.id,
        };
        let mut recent = self.recent();
        // Its sender has not heard of it, and so sends it again.
        if recent
            .iter()
            .any(|said| said.id == line.id && said.guest == line.guest)
        {
            return Ok(());
        }
        if recent.len() >= RECENT {
            recent.pop_front();
        }
        recent.push_back(line.clone());
        // Nobody may be listening. Still locked, so that nobody who enters misses it or hears it twice.
        let _ = self.lines.send(line);
        Ok(())
    }

    fn recent(&self) -> MutexGuard<'_, VecDeque<Line>> {
        self.recent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Milliseconds since 1970.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_millis() as i64)
}
