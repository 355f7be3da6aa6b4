//! Answers protobuf's conformance runner: reads messages in one format and writes them in another.
//!
//! The runner starts this program and writes requests to its standard input, each behind its length
//! in four bytes, little-endian. Answers go back in the same way.
//! <https://github.com/protocolbuffers/protobuf/tree/main/conformance> has the protocol.

mod answer;

/// What `build.rs` generated.
mod messages {
    iris_core::include_generated!();
}

use answer::answer;
use bytes::{Bytes, BytesMut};
use iris_core::{Format, Message, json};
use messages::conformance::ConformanceRequest;
use std::error::Error;
use std::io::{self, ErrorKind, Read, Write};

fn main() -> Result<(), Box<dyn Error>> {
    json::register(messages::TYPES);
    let (mut requests, mut answers) = (io::stdin().lock(), io::stdout().lock());
    while let Some(request) = read(&mut requests)? {
        let request = ConformanceRequest::decode(Format::Proto, request)?;
        let mut encoded = BytesMut::new();
        answer(request).encode(Format::Proto, &mut encoded)?;
        answers.write_all(&u32::try_from(encoded.len())?.to_le_bytes())?;
        answers.write_all(&encoded)?;
        answers.flush()?;
    }
    Ok(())
}

/// The next request; `None` where the runner has no more.
fn read(requests: &mut impl Read) -> Result<Option<Bytes>, Box<dyn Error>> {
    let mut length = [0; 4];
    match requests.read_exact(&mut length) {
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(None),
        result => result?,
    }
    let mut request = vec![0; usize::try_from(u32::from_le_bytes(length))?];
    requests.read_exact(&mut request)?;
    Ok(Some(request.into()))
}
