//! How much of what callers send to functions is in memory at once.
//!
//! Each function has a queue with bounds of its own. What is still being read is in none of them, and whoever sends it may take as
//! many connections as he likes.

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use iris_core::Body;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// The most bytes that are read or wait, of all functions together: 128 MiB.
const LARGEST: usize = 128 * 1024 * 1024;

/// How long what is sent may take, so that what comes drop by drop does not hold the room of others.
const LONGEST: Duration = Duration::from_secs(60);

/// What is counted in.
const UNIT: usize = 1024;

/// Reads events, as many as there is room for.
#[derive(Debug, Clone)]
pub(crate) struct Intake(Arc<Semaphore>);

/// Room that is taken for as long as this exists.
#[derive(Debug, Clone)]
pub(crate) struct Held(
    #[expect(dead_code, reason = "gives back when it is dropped")] Arc<OwnedSemaphorePermit>,
);

/// Why a body is not read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum NotRead {
    /// It has more bytes than it may have.
    TooLarge,
    /// There is no room for it.
    Full,
    /// It ended before it was whole.
    BrokenOff,
    /// It did not come in time.
    Slow,
}

impl Intake {
    pub(crate) fn new() -> Intake {
        Intake(Arc::new(Semaphore::new(LARGEST / UNIT)))
    }

    /// Reads a body of so many bytes at most. Room is taken as they come: what is only announced costs nobody anything.
    pub(crate) async fn read(&self, body: Body, most: usize) -> Result<(Bytes, Held), NotRead> {
        let read = timeout(LONGEST, self.read_all(body, most)).await;
        read.unwrap_or(Err(NotRead::Slow))
    }

    async fn read_all(&self, mut body: Body, most: usize) -> Result<(Bytes, Held), NotRead> {
        let mut read = BytesMut::new();
        let mut room = self.take(1)?;
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|_| NotRead::BrokenOff)?;
            let Ok(piece) = frame.into_data() else {
                continue;
            };
            let length = read.len() + piece.len();
            if length > most {
                return Err(NotRead::TooLarge);
            }
            let more = length.div_ceil(UNIT).saturating_sub(room.num_permits());
            if more > 0 {
                room.merge(self.take(more)?);
            }
            read.extend_from_slice(&piece);
        }
        Ok((read.freeze(), Held(Arc::new(room))))
    }

    /// Room for what is there already, of so many bytes.
    pub(crate) fn hold(&self, length: usize) -> Result<Held, NotRead> {
        let room = self.take(length.div_ceil(UNIT).max(1))?;
        Ok(Held(Arc::new(room)))
    }

    fn take(&self, units: usize) -> Result<OwnedSemaphorePermit, NotRead> {
        let units = u32::try_from(units).map_err(|_| NotRead::TooLarge)?;
        let room = self.0.clone().try_acquire_many_owned(units);
        room.map_err(|_| NotRead::Full)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body::Frame;
    use http_body_util::StreamBody;
    use std::convert::Infallible;

    fn body(length: usize) -> Body {
        Body::full(vec![0; length])
    }

    #[tokio::test]
    async fn there_is_room_for_so_much() {
        let intake = Intake(Arc::new(Semaphore::new(10)));
        let (read, first) = intake.read(body(6 * UNIT), 100 * UNIT).await.unwrap();
        assert_eq!(read.len(), 6 * UNIT);
        let full = intake.read(body(4 * UNIT + 1), 100 * UNIT).await;
        assert_eq!(full.unwrap_err(), NotRead::Full);
        let (_, second) = intake.read(body(4 * UNIT), 100 * UNIT).await.unwrap();
        drop((first, second.clone()));
        let still = intake.read(body(7 * UNIT), 100 * UNIT).await;
        assert_eq!(still.unwrap_err(), NotRead::Full, "one is there");
        drop(second);
        let large = intake.read(body(10 * UNIT), 10 * UNIT - 1).await;
        assert_eq!(large.unwrap_err(), NotRead::TooLarge);
        assert!(intake.read(body(10 * UNIT), 10 * UNIT).await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn what_comes_drop_by_drop_gives_its_room_back() {
        let intake = Intake(Arc::new(Semaphore::new(10)));
        let drops = futures_util::stream::unfold((), |()| async {
            tokio::time::sleep(Duration::from_secs(20)).await;
            let drop = Frame::data(Bytes::from_static(&[0; UNIT]));
            Some((Ok::<_, Infallible>(drop), ()))
        });
        let dripping = Body::new(StreamBody::new(drops));
        let slow = intake.read(dripping, 100 * UNIT).await;
        assert_eq!(slow.unwrap_err(), NotRead::Slow);
        assert_eq!(intake.0.available_permits(), 10);
    }
}
