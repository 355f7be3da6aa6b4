//! The emitted OpenAPI documents, held against the specification by Python's openapi-spec-validator.

use super::checks::Checks;
use crate::program::Program;
use crate::workspace::Workspace;
use std::path::Path;

/// One as users get it, and one with every kind of procedure.
const DOCUMENTS: [&str; 2] = [
    "examples/quickstart/client/openapi.json",
    "tests/end-to-end/client/openapi.json",
];

pub(crate) fn check(workspace: &Workspace, python: &Path, checks: &mut Checks) {
    for document in DOCUMENTS {
        let validator = Program::new(python).args(["-m", "openapi_spec_validator"]);
        let validator = validator.args(["--schema", "3.1", "--validation-errors", "all"]);
        checks.client(validator.folder(&workspace.path("")).arg(document).run());
    }
}
