//! What a function is given.

use super::Failure;
use super::lambda::intake::Held;
use super::process::tail::Tail;
use bytes::Bytes;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// An event.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    /// What the function and its log know it by: a UUID.
    pub(crate) id: String,
    pub(crate) payload: Bytes,
    /// What the caller's program says of itself, in JSON.
    pub(crate) client_context: Option<String>,
    /// The trace that it belongs to (X-Ray, "Tracing header").
    pub(crate) trace: String,
    /// The version that its caller asked for, where he did.
    pub(crate) qualifier: Option<String>,
    /// Where its caller hears of what is printed about it, where he wants to.
    pub(crate) tail: Option<Tail>,
    /// The room that it takes until a function is given it.
    pub(crate) held: Option<Held>,
}

impl Event {
    /// One that nobody has seen yet.
    pub(crate) fn new(payload: Bytes) -> Result<Event, Failure> {
        let mut random = [0; 16];
        let filled = getrandom::fill(&mut random);
        filled.map_err(|error| Failure::during("the system's random", error))?;
        Ok(Event::of(uuid(random, 4), payload))
    }

    /// The one of this id. It begins a trace that nobody follows.
    pub(crate) fn of(id: String, payload: Bytes) -> Event {
        let seconds = since_1970(SystemTime::now()).as_secs();
        let mut trace = format!("Root=1-{seconds:08x}-");
        trace.extend(id.chars().filter(|digit| *digit != '-').take(24));
        trace.push_str(";Sampled=0");
        Event {
            trace,
            id,
            payload,
            client_context: None,
            qualifier: None,
            tail: None,
            held: None,
        }
    }
}

pub(crate) fn since_1970(time: SystemTime) -> Duration {
    time.duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// A UUID of these bytes (RFC 9562, section 4): version 4 of random ones, version 8 of others.
pub(crate) fn uuid(mut bytes: [u8; 16], version: u8) -> String {
    bytes[6] = bytes[6] & 0x0f | version << 4;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let digit = |half: u8| char::from_digit(u32::from(half), 16).unwrap_or('0');
    let mut text = String::with_capacity(36);
    for (place, byte) in bytes.into_iter().enumerate() {
        if [4, 6, 8, 10].contains(&place) {
            text.push('-');
        }
        text.extend([digit(byte >> 4), digit(byte & 0x0f)]);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_uuids() {
        assert_eq!(uuid([0xff; 16], 4), "ffffffff-ffff-4fff-bfff-ffffffffffff");
        assert_eq!(uuid([0; 16], 8), "00000000-0000-8000-8000-000000000000");
        let bytes = std::array::from_fn(|place| 0x10 + place as u8);
        assert_eq!(uuid(bytes, 4), "10111213-1415-4617-9819-1a1b1c1d1e1f");
    }

    #[test]
    fn a_trace_has_the_form_of_x_rays() {
        let trace = Event::of(uuid([7; 16], 4), Bytes::new()).trace;
        let root = trace.strip_prefix("Root=1-").unwrap();
        let (seconds, rest) = root.split_once('-').unwrap();
        assert_eq!(seconds.len(), 8, "{trace}");
        assert_eq!(rest, "070707070707470787070707;Sampled=0");
    }
}
