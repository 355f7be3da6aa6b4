//! The chat.

use super::fits;
use crate::error::PicnicError;
use crate::messages::picnic::v1::Line;
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

    /// Says something to everybody in the room.
    ///
    /// # Errors
    ///
    /// Where it is nothing, or too much.
    pub fn say(&self, guest: &str, text: &str) -> Result<(), PicnicError> {
        if !fits(text, 500) {
            return Err(PicnicError::InvalidRemark);
        }
        let line = Line {
            guest: guest.into(),
            text: text.trim().into(),
            at: now(),
        };
        let mut recent = self.recent();
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
