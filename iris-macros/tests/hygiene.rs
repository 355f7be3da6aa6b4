//! Names of the user's that registrations use too, and messages called like Rust's containers.

use iris_core::{
    DecodeError, EncodeError, ErrorCodes, Format, Iris, IrisError, Message, Request, remote,
};

/// A message called like a container.
pub struct Box;

impl Message for Box {
    fn full_name() -> String {
        "names.v1.Box".to_owned()
    }
    fn decode(_: Format, _: bytes::Bytes) -> Result<Self, DecodeError> {
        Ok(Box)
    }
    fn encode(&self, _: Format, _: &mut bytes::BytesMut) -> Result<(), EncodeError> {
        Ok(())
    }
}

async fn found(_: &Request) -> bool {
    true
}

async fn context(_: &Request, incoming: &str) -> bool {
    incoming == INCOMING
}

async fn message(_: &Request) -> bool {
    true
}

const INCOMING: &str = "incoming";

struct Names;

#[remote(package = "names.v1", filters = [found, context(INCOMING)])]
impl Names {
    #[procedure(filters = [message])]
    #[allow(clippy::unused_async)]
    async fn register(&self, remote: &Request, outgoing: Box) -> Result<Box, IrisError> {
        let _ = remote;
        Ok(outgoing)
    }
}

/// Braces and raw names.
#[derive(ErrorCodes)]
enum NameError {
    /// Not {0} a format string.
    #[code(number = 1)]
    r#Type(u32),
    #[code(number = 2, message = "{{0}} {0:>4} {1:?}")]
    Shown(u32, &'static str, u64),
}

#[test]
fn names_do_not_collide() {
    assert!(
        Iris::without_context()
            .add_remote(Names)
            .into_service()
            .is_ok()
    );
}

#[test]
fn messages_are_format_strings_and_docs_are_not() {
    let error: IrisError = NameError::r#Type(1).into();
    assert_eq!(error.internal_message, "Not {0} a format string.");
    let error: IrisError = NameError::Shown(7, "a", 0).into();
    assert_eq!(error.internal_message, "{0}    7 \"a\"");
}
