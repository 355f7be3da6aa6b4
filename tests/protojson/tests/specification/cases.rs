//! What a case is: a text, and what becomes of it.

use bytes::BytesMut;
use iris_core::json::{self, ProtoJson};
use std::fmt::Debug;

/// The message that a text is.
pub(crate) fn read<M: ProtoJson>(text: &str) -> Result<M, String> {
    json::from_slice(text.as_bytes()).map_err(|error| error.to_string())
}

/// The text of a message.
pub(crate) fn write(message: &impl ProtoJson) -> Result<String, String> {
    let mut buffer = BytesMut::from("before ");
    let result = json::to_buffer(message, &mut buffer);
    let text = String::from_utf8(buffer.to_vec()).expect("UTF-8");
    match result {
        Ok(()) => Ok(text.strip_prefix("before ").expect("appended").to_owned()),
        Err(error) => {
            assert_eq!(text, "before ", "nothing is appended when it fails");
            Err(error.to_string())
        }
    }
}

/// Each text is read, and written as the other one.
#[track_caller]
pub(crate) fn read_and_written<M: ProtoJson + Debug>(cases: &[(&str, &str)]) {
    for (text, written) in cases {
        let message: M = read(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(write(&message).as_deref(), Ok(*written), "{text}");
    }
}

/// Each text is refused with an error that contains the other one.
#[track_caller]
pub(crate) fn refused<M: ProtoJson + Debug>(cases: &[(&str, &str)]) {
    for (text, reason) in cases {
        match read::<M>(text) {
            Ok(message) => panic!("{text} was read as {message:?}"),
            Err(error) => assert!(error.contains(reason), "{text}: {error}"),
        }
    }
}
