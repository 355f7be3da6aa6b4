//! `cargo xtask licences`: `deny.toml`, held against what `cargo metadata` lists.
//!
//! `deny.toml` is cargo-deny's own format and `cargo deny check licenses bans sources` reads it as
//! well; what is checked here is what that file sets, without a tool of 200 crates to be built first.

mod expression;
mod policy;

use crate::failure::{Failure, Outcome};
use crate::workspace::Workspace;
use policy::Policy;
use serde_json::Value;
use std::collections::BTreeSet;

/// Checks the licence and the source of every dependency.
pub(crate) fn run(workspace: &Workspace) -> Outcome {
    let policy = Policy::read(&workspace.path("deny.toml"))?;
    let packages = workspace.all_packages()?;
    let problems = problems(&policy, &packages);
    match problems.is_empty() {
        true => {
            println!("{} packages are as deny.toml allows", packages.len());
            Ok(())
        }
        false => Err(Failure::new(problems.join("\n"))),
    }
}

fn problems(policy: &Policy, packages: &[Value]) -> Vec<String> {
    let mut problems = Vec::new();
    let mut seen = BTreeSet::new();
    for package in packages {
        let text = |key: &str| package[key].as_str();
        let name = text("name").unwrap_or_default();
        let shown = shown(package);
        match text("license").map(expression::parse) {
            // A crate of this repository's: a generated client states none, its owner decides.
            None if text("source").is_none() => {}
            None => problems.push(format!("{shown} states no licence")),
            Some(Err(why)) => problems.push(format!("{shown}: {why}")),
            Some(Ok(licence)) => {
                seen.extend(licence.names().map(str::to_owned));
                if !licence.allowed(&policy.licences) {
                    let stated = text("license").unwrap_or_default();
                    problems.push(format!(
                        "{shown} is licensed as {stated}, which deny.toml does not allow"
                    ));
                }
            }
        }
        if let Some(reason) = policy.banned.get(name) {
            problems.push(format!("{shown} is banned: {reason}"));
        }
    }
    problems.extend(foreign(packages));
    for unused in policy.licences.difference(&seen) {
        problems.push(format!(
            "deny.toml allows {unused}, which nothing is licensed as; remove it"
        ));
    }
    problems
}

/// What is wrong with where packages come from: only the one public registry will do, since a
/// published crate can depend on nothing else.
fn foreign(packages: &[Value]) -> Vec<String> {
    let mut registries = BTreeSet::new();
    let mut problems = Vec::new();
    for package in packages {
        match package["source"].as_str() {
            Some(source) if source.starts_with("registry+") => {
                registries.insert(source);
            }
            Some(source) => problems.push(format!(
                "{} comes from {source}; depend on a published release",
                shown(package)
            )),
            // A crate of this repository's.
            None => {}
        }
    }
    if registries.len() > 1 {
        let registries = Vec::from_iter(registries).join(", ");
        problems.push(format!(
            "packages come from several registries: {registries}"
        ));
    }
    problems
}

fn shown(package: &Value) -> String {
    let text = |key: &str| package[key].as_str().unwrap_or_default();
    format!("{} {}", text("name"), text("version"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn policy() -> Policy {
        let text = "[licenses]\nallow = ['MIT']\n[bans]\ndeny = [{ crate = 'leftpad', reason = 'write it out' }]";
        Policy::parse(text).expect("a policy")
    }

    fn package(name: &str, license: Option<&str>, source: Option<&str>) -> Value {
        json!({ "name": name, "version": "1.0.0", "license": license, "source": source })
    }

    #[test]
    fn what_is_allowed_passes() {
        let index = Some("registry+ssh://example.org/index");
        let packages = [
            package("own", Some("MIT"), None),
            package("other", Some("MIT"), index),
        ];
        assert_eq!(problems(&policy(), &packages), Vec::<String>::new());
    }

    #[test]
    fn every_problem_is_named_with_its_package() {
        let packages = [
            package("good", Some("MIT"), None),
            package("good-client", None, None),
            package("strict", Some("GPL-3.0-only"), None),
            package("silent", None, Some("registry+ssh://example.org/index")),
            package("leftpad", Some("MIT"), None),
            package(
                "forked",
                Some("MIT"),
                Some("git+ssh://example.org/forked#0123"),
            ),
        ];
        let problems = problems(&policy(), &packages).join("\n");
        for expected in [
            "strict 1.0.0 is licensed as GPL-3.0-only",
            "silent 1.0.0 states no licence",
            "leftpad 1.0.0 is banned: write it out",
            "forked 1.0.0 comes from git+ssh://example.org/forked#0123",
        ] {
            assert!(
                problems.contains(expected),
                "{expected} is not in\n{problems}"
            );
        }
        assert!(!problems.contains("good"), "{problems}");
    }

    #[test]
    fn a_second_registry_is_refused() {
        let from = |registry| package("a", Some("MIT"), Some(registry));
        let packages = [
            from("registry+ssh://one.example"),
            from("registry+ssh://two.example"),
        ];
        let problems = problems(&policy(), &packages).join("\n");
        assert!(problems.contains("several registries"), "{problems}");
    }

    #[test]
    fn a_licence_that_does_not_occur_is_not_to_be_allowed() {
        let problems = problems(&policy(), &[package("odd", Some("ISC OR MIT-0"), None)]);
        assert!(
            problems
                .iter()
                .any(|problem| problem.contains("allows MIT, which nothing")),
            "{problems:?}"
        );
    }
}
