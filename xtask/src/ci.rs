//! `cargo xtask ci`

use crate::failure::Outcome;
use crate::steps::Steps;
use crate::workspace::Workspace;
use crate::{
    check_generated, clippy, conformance, deploy, docs, fmt, interop, licences, msrv,
    protobuf_conformance, test,
};

/// Everything that must hold before a change lands.
pub(crate) fn run(workspace: &Workspace) -> Outcome {
    let mut steps = Steps::new();
    steps.step("fmt", || fmt::run(workspace));
    steps.step("licences", || licences::run(workspace));
    // Before anything else builds: a build would write the files that this finds missing or stale.
    steps.step("check-generated", || check_generated::run(workspace));
    steps.step("check-generated-fails", || {
        check_generated::proof::run(workspace)
    });
    steps.step("clippy", || clippy::run(workspace));
    steps.step("docs", || docs::run(workspace));
    steps.step("msrv", || msrv::run(workspace));
    test::take(workspace, &mut steps);
    // The image takes minutes to build, and is a chore of its own.
    steps.step("deploy unit", || deploy::unit(workspace));
    steps.step("protobuf-conformance", || {
        protobuf_conformance::run(workspace)
    });
    // Kept out of `test`, which needs no Go.
    steps.step("interop-go", || interop::go::run(workspace));
    steps.step("interop-aws", || interop::aws::run(workspace));
    steps.step("conformance", || conformance::run(workspace, &[]));
    steps.finish()
}
