//! A remote whose client crates are not as they are unless told.

/// What `build.rs` generated.
pub mod messages {
    iris_core::include_generated!();
}

use iris_core::{ErrorCodes, Iris, IrisError, Request, remote};
use messages::notes::v1::{Kept, Note};

/// Notes, of which none is kept.
#[derive(Debug)]
pub struct Notes;

/// Why a note is not kept.
#[derive(Debug, ErrorCodes)]
pub enum NoteError {
    /// There is nothing in it.
    #[code(number = 7, status = "invalid_argument")]
    Empty,
}

/// Keeps notes.
#[remote(package = "notes.v1")]
impl Notes {
    /// Keeps a note.
    #[procedure]
    async fn keep(&self, _: &Request, note: Note) -> Result<Kept, NoteError> {
        match note.text.is_empty() {
            true => Err(NoteError::Empty),
            false => Ok(Kept { id: 1 }),
        }
    }

    /// Says that the server is there.
    #[procedure(idempotent)]
    async fn ping(&self, _: &Request) -> Result<(), IrisError> {
        Ok(())
    }
}

/// The application.
pub fn application() -> Iris<Request> {
    Iris::without_context()
        .contract(messages::CONTRACT)
        .add_remote(Notes)
}
