//! Where the printed message code goes: into the server's `OUT_DIR`, and into client crates.

use crate::error::Problem;
use crate::output::GeneratedFile;
use crate::schema::Schema;

/// The module tree that a server includes.
pub(crate) fn for_server(_schema: &Schema) -> Result<String, Problem> {
    Ok(String::new())
}

/// The files of a client crate's `messages` module; none where there are no messages.
pub(crate) fn for_client(_schema: &Schema) -> Result<Vec<GeneratedFile>, Problem> {
    Ok(Vec::new())
}
