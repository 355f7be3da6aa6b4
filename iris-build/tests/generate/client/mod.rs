//! What the client crate holds.

mod error_codes;
mod manifest;
mod names;
mod remotes;
mod whole;

use crate::project::Project;

/// Fails unless every Rust file of the client parses.
fn assert_rust(project: &Project) {
    for name in project.names("client") {
        if name.ends_with(".rs") {
            let text = project.read(&format!("client/{name}"));
            if let Err(error) = syn::parse_file(&text) {
                panic!("{name}:{:?}: {error}\n{text}", error.span().start());
            }
        }
    }
}

#[track_caller]
fn assert_holds(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "no `{part}` in:\n{text}");
    }
}
