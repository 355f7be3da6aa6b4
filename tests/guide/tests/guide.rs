//! What the guide says beside its Rust blocks.

use guide::CHAPTERS;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn text(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The language and the text of each fenced block.
fn blocks(text: &str) -> Vec<(&str, &str)> {
    let mut fences = text.split("```").skip(1);
    let mut blocks = Vec::new();
    while let Some(block) = fences.next() {
        blocks.push(block.split_once('\n').expect("a fence ends its line"));
        fences.next();
    }
    blocks
}

/// The paths that the curl lines of a text call.
fn called(text: &str) -> BTreeSet<String> {
    let shell = |language: &str| ["bash", "console", "sh"].contains(&language);
    blocks(text)
        .into_iter()
        .filter(|(language, block)| shell(language) && block.contains("curl"))
        .flat_map(|(_, block)| block.split("http://127.0.0.1:8088").skip(1))
        .map(|rest| {
            let end = rest.find(['?', ' ', '\'', '"', '\n']);
            rest[..end.unwrap_or(rest.len())].to_owned()
        })
        .collect()
}

#[test]
fn curl_lines_call_what_the_quickstart_serves() {
    let openapi = text("examples/quickstart/client/openapi.json");
    // It also serves health checks and reflection.
    let documents = [openapi.as_str(), iris_services::CONTRACT.openapi];
    let served: BTreeSet<String> = documents
        .into_iter()
        .flat_map(|document| {
            let document: serde_json::Value = serde_json::from_str(document).unwrap();
            let paths = document["paths"].as_object().unwrap();
            paths.keys().cloned().collect::<Vec<_>>()
        })
        .collect();
    let in_readme = called(&text("README.md"));
    assert!(in_readme.len() >= 3, "{in_readme:?}");
    for chapter in CHAPTERS {
        for path in called(&text(chapter)) {
            assert!(served.contains(&path), "{chapter} calls {path}");
        }
    }
}

#[test]
fn every_chapter_is_compiled() {
    let chapters = fs::read_dir(root().join("docs")).unwrap();
    for chapter in chapters {
        let name = chapter.unwrap().file_name();
        let path = format!("docs/{}", name.to_str().unwrap());
        if path.ends_with(".md") && blocks(&text(&path)).iter().any(|block| is_rust(block.0)) {
            assert!(CHAPTERS.contains(&path.as_str()), "{path}");
        }
    }
}

/// What rustdoc takes for Rust.
fn is_rust(language: &str) -> bool {
    language.is_empty() || language.split(',').any(|word| word == "rust")
}

#[test]
fn rust_blocks_are_compiled_and_others_name_their_language() {
    for chapter in CHAPTERS {
        let text = text(chapter);
        let blocks = blocks(&text);
        assert!(
            blocks.iter().any(|(language, _)| is_rust(language)),
            "{chapter}"
        );
        for (language, block) in blocks {
            assert!(
                !language.is_empty() && !language.contains("ignore"),
                "{chapter}: {block}"
            );
        }
    }
}

#[test]
fn links_between_the_chapters_lead_somewhere() {
    let mut pages = CHAPTERS.to_vec();
    pages.push("ARCHITECTURE.md");
    for page in pages {
        let text = text(page);
        for (_, rest) in text
            .match_indices("](")
            .map(|(at, _)| text.split_at(at + 2))
        {
            let target = rest.split(')').next().unwrap_or_default();
            if target.contains("://") {
                continue;
            }
            let (file, heading) = target.split_once('#').unwrap_or((target, ""));
            let file = match file {
                "" => root().join(page),
                file => root().join(page).parent().unwrap().join(file),
            };
            assert!(file.exists(), "{page} links to {target}");
            if !heading.is_empty() {
                let linked = fs::read_to_string(&file).unwrap();
                assert!(
                    linked.lines().any(|line| anchor(line) == heading),
                    "{page} links to {target}"
                );
            }
        }
    }
}

/// The anchor that forges give a heading.
fn anchor(line: &str) -> String {
    let heading = line.trim_start_matches('#').trim().to_lowercase();
    let kept = heading
        .chars()
        .filter(|letter| letter.is_alphanumeric() || [' ', '-', '_'].contains(letter));
    kept.map(|letter| if letter == ' ' { '-' } else { letter })
        .collect()
}
