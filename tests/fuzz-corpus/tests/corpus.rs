//! Every target, with the inputs of its corpus, with those changed a little, and with random ones.

use fuzz_corpus::{TARGETS, Target};
use proptest::prelude::{ProptestConfig, Strategy, any};
use proptest::sample::Index;
use proptest::test_runner::TestRunner;
use std::path::{Path, PathBuf};
use std::{fs, panic};

fn corpus(name: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("corpus")
        .join(name);
    let entries =
        fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry").path())
        .collect();
    files.sort();
    assert!(!files.is_empty(), "{} is empty", folder.display());
    files
        .into_iter()
        .map(|path| (path.clone(), fs::read(path).expect("a file")))
        .collect()
}

/// Runs a target with cases of a strategy; a failing one is shrunk and shown.
fn hold<S>(target: Target, cases: u32, inputs: S)
where
    S: Strategy<Value = Vec<u8>>,
{
    let config = ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(cases)
    };
    let held = TestRunner::new(config).run(&inputs, |input| {
        target(&input);
        Ok(())
    });
    if let Err(failure) = held {
        panic!("{failure}");
    }
}

/// An input of the corpus with a few changes, as a fuzzer makes them.
fn mutated(corpus: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let change = (any::<Index>(), 0..5_u8, any::<u8>(), any::<Index>());
    let changes = proptest::collection::vec(change, 1..6);
    (any::<Index>(), changes).prop_map(move |(seed, changes)| {
        let mut input = seed.get(&corpus).clone();
        for (at, kind, byte, other) in changes {
            let at = at.index(input.len() + 1);
            match kind {
                0 => input.insert(at, byte),
                1 if at < input.len() => input[at] = byte,
                2 if at < input.len() => input[at] ^= 1 << (byte % 8),
                3 => drop(input.drain(at..(at + usize::from(byte % 8)).min(input.len()))),
                _ => {
                    // The end of another input.
                    input.truncate(at);
                    let other = other.get(&corpus);
                    input.extend_from_slice(&other[at.min(other.len())..]);
                }
            }
        }
        input
    })
}

fn names() -> Vec<&'static str> {
    TARGETS.iter().map(|(name, _)| *name).collect()
}

fn replay(name: &str) {
    let (_, target) = *TARGETS
        .iter()
        .find(|(found, _)| *found == name)
        .expect("a target");
    let corpus = corpus(name);
    for (path, input) in &corpus {
        if let Err(cause) = panic::catch_unwind(|| target(input)) {
            eprintln!("the input is {}", path.display());
            panic::resume_unwind(cause);
        }
    }
    let recorded = fuzz_corpus::recorded(name);
    for (index, input) in recorded.iter().enumerate() {
        if let Err(cause) = panic::catch_unwind(|| target(input)) {
            eprintln!("the input is {index} of what was recorded: {input:?}");
            panic::resume_unwind(cause);
        }
    }
    hold(target, 300, proptest::collection::vec(any::<u8>(), 0..200));
    let inputs = corpus.into_iter().map(|(_, input)| input).chain(recorded);
    hold(target, 600, mutated(inputs.collect()));
}

macro_rules! targets {
    ($($(#[$when:meta])? $name:ident),*) => {
        $(
            $(#[$when])?
            #[test]
            fn $name() {
                replay(stringify!($name));
            }
        )*

        #[test]
        fn every_target_is_here_and_has_a_fuzzer() {
            let here = [$($(#[$when])? stringify!($name)),*];
            assert_eq!(names(), here);
            let fuzzers = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/fuzz_targets");
            for name in here {
                let text = fs::read_to_string(fuzzers.join(format!("{name}.rs"))).unwrap();
                assert!(text.contains(&format!("fuzz_corpus::{name}(")), "{text}");
            }
        }
    };
}

targets!(
    envelope,
    compression,
    protobuf,
    json,
    metadata,
    cookies,
    deadline,
    content_type,
    connect,
    grpc,
    grpc_web,
    details,
    get,
    request,
    websocket,
    whole,
    answer,
    endpoint,
    handshake,
    driver,
    #[cfg(feature = "archive")]
    archive
);

#[cfg(feature = "archive")]
#[test]
fn archives_that_a_folder_can_become_are_taken() {
    let taken = corpus("archive").into_iter().filter_map(|(path, _)| {
        let into = tempfile::tempdir().expect("a folder");
        let unpacked = iris_up::fuzzed::unpack(&path, into.path());
        unpacked.ok().and(path.file_name().map(ToOwned::to_owned))
    });
    let taken: Vec<_> = taken.collect();
    assert_eq!(
        taken,
        ["bomb", "deflated", "link", "stored", "tree", "zero-entries"]
    );
}

/// All that meets what a peer says in a call, and nothing else.
#[test]
fn the_suite_has_something_for_each_parser_of_its_protocols() {
    let has = |name: &&str| !fuzz_corpus::recorded(name).is_empty();
    assert_eq!(
        names().into_iter().filter(has).collect::<Vec<_>>(),
        [
            "envelope",
            "compression",
            "metadata",
            "deadline",
            "content_type",
            "connect",
            "grpc",
            "grpc_web",
            "details",
            "get",
            "request",
            "answer"
        ]
    );
}
