//! What a procedure knows of its call, and sends beside its answer.

use crate::context::Trace;
use crate::messages::testing::v1::{Facts, Number, Text};
use futures_util::stream;
use iris_core::{Cookie, InvalidMetadata, IrisError, Peer, Request, Stream, remote};

/// What a procedure knows.
#[derive(Debug)]
pub struct Calls;

/// What stands around a call.
#[remote(package = "testing.v1", name = "CallFacts")]
impl Calls {
    /// Everything the request says beside its message.
    #[procedure]
    async fn facts(&self, trace: &Trace) -> Result<Facts, IrisError> {
        let request = &trace.request;
        let metadata = request.metadata();
        Ok(Facts {
            peer: match request.peer() {
                Some(Peer::Tcp(address)) => format!("tcp {}", address.ip()),
                Some(Peer::Unix { pid, .. }) => format!("unix {}", pid.is_some()),
                _ => String::new(),
            },
            cookie: request.cookie("flavour").unwrap_or_default().into_owned(),
            metadata: metadata.get_all("x-word").collect::<Vec<_>>().join("+"),
            binary: metadata
                .get_all_bytes("x-bytes-bin")
                .collect::<Vec<_>>()
                .concat()
                .into(),
            remaining: request.remaining().map(|left| left.as_millis() as i64),
            path: request.path().into(),
            id: request.id().into(),
        })
    }

    /// Sends a cookie, metadata and a trailer back.
    #[procedure]
    async fn decorate(&self, trace: &Trace, value: Text) -> Result<(), IrisError> {
        let request = &trace.request;
        request.set_cookie(Cookie::build(("flavour", value.text)).path("/").build());
        request
            .append_metadata("x-before", "early")
            .map_err(IrisError::internal)?;
        request
            .append_trailer("x-after", "late")
            .map_err(IrisError::internal)?;
        request
            .append_metadata_bytes("x-before-bin", &[0, 255])
            .map_err(IrisError::internal)?;
        request
            .append_trailer_bytes("x-after-bin", &[255, 0])
            .map_err(IrisError::internal)?;
        repeat(request).map_err(IrisError::internal)
    }

    /// The same, around a stream.
    #[procedure]
    async fn decorate_stream(
        &self,
        trace: &Trace,
    ) -> Result<impl Stream<Item = Result<Number, IrisError>>, IrisError> {
        let request = &trace.request;
        request
            .append_metadata("x-before", "early")
            .map_err(IrisError::internal)?;
        request
            .append_trailer("x-after", "late")
            .map_err(IrisError::internal)?;
        repeat(request).map_err(IrisError::internal)?;
        Ok(stream::iter([Ok(Number { number: 1 })]))
    }
}

/// Sends names that have several values, before the answer and after it.
fn repeat(request: &Request) -> Result<(), InvalidMetadata> {
    for (text, bytes) in [("one", [0, 159]), ("two", [1, 255]), ("one", [0, 159])] {
        request.append_metadata("x-repeated", text)?;
        request.append_metadata_bytes("x-repeated-bin", &bytes)?;
        request.append_trailer("x-repeated", text)?;
        request.append_trailer_bytes("x-repeated-bin", &bytes)?;
    }
    Ok(())
}
