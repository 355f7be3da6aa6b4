//! What docs/lambda.md says is tested is tested by what it says.

use std::fs;
use std::path::Path;

/// The table of what is as on AWS: its last column names tests, `module::test` or `test` of the module before.
#[test]
fn the_tests_that_the_docs_name_are_there() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let guide = fs::read_to_string(here.join("../docs/lambda.md")).unwrap();
    let table = guide.split_once("## As on AWS, and not").unwrap().1;
    let table = table.split_once("What is not done").unwrap().0;
    let rows = table.lines().filter(|line| line.starts_with("| "));
    let mut named = 0;
    for row in rows.skip(1) {
        let tests = row.trim_end_matches([' ', '|']).rsplit('|').next().unwrap();
        let mut module = String::new();
        for name in tests.split('`').skip(1).step_by(2) {
            named += 1;
            // Those that are in no file of ours are chores.
            if tests.contains("cargo xtask") {
                continue;
            }
            if name.starts_with("src/") {
                assert!(here.join(name).exists(), "{name}: {row}");
                continue;
            }
            let (of, test) = name.split_once("::").unwrap_or(("", name));
            let file = |name: &str| here.join(format!("tests/daemon/{name}.rs"));
            if of.is_empty() && file(test).exists() {
                continue;
            }
            if !of.is_empty() {
                module = fs::read_to_string(file(of)).unwrap_or_default();
            }
            let is_there = module.contains(&format!("async fn {test}() {{"));
            assert!(is_there, "{name}: {row}");
        }
    }
    assert!(named > 30, "{named}");
}
