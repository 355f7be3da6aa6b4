//! The hand-written part of `index.js`: modules of `runtime/`, joined into one, of which only what is used is printed.
//!
//! They are plain ES modules, so that an editor understands them. Their declarations stand at the beginning of a line, and
//! no name is declared twice among all of them: then joining is leaving out `import` and `export`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::collections::{BTreeMap, BTreeSet};

/// The version of iris-decoder, which is this crate's.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What a package has that another may lack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Parts {
    /// WebSockets, for calls to go over.
    pub(super) web_socket: bool,
    /// A program in WebAssembly, which helps to read messages.
    pub(super) web_assembly: bool,
}

/// What all packages have. What a declaration uses when the module begins is declared before it.
const EVERY: [&str; 22] = [
    include_str!("runtime/error.js"),
    include_str!("runtime/invalid.js"),
    include_str!("runtime/reader.js"),
    include_str!("runtime/writer.js"),
    include_str!("runtime/scalars.js"),
    include_str!("runtime/message.js"),
    include_str!("runtime/fields.js"),
    include_str!("runtime/metadata.js"),
    include_str!("runtime/upload.js"),
    include_str!("runtime/client.js"),
    include_str!("runtime/call.js"),
    include_str!("runtime/procedures.js"),
    include_str!("runtime/retry.js"),
    include_str!("runtime/frames.js"),
    include_str!("runtime/stream.js"),
    include_str!("runtime/link.js"),
    include_str!("runtime/answer.js"),
    include_str!("runtime/connect.js"),
    include_str!("runtime/fetch.js"),
    include_str!("runtime/transport.js"),
    include_str!("runtime/carrier.js"),
    include_str!("runtime/wire.js"),
];

/// Both declare `Sockets`. Sockets are a quarter of the runtime.
const SOCKETS: &str = include_str!("runtime/sockets.js");
const NO_SOCKETS: &str = include_str!("runtime/no_sockets.js");

/// Both declare `decode`.
const DECODE: [&str; 1] = [include_str!("runtime/decode.js")];
const DECODE_BY_WASM: [&str; 5] = [
    include_str!("runtime/wasm/program.js"),
    include_str!("runtime/wasm/room.js"),
    include_str!("runtime/wasm/layouts.js"),
    include_str!("runtime/wasm/tape.js"),
    include_str!("runtime/wasm/decode.js"),
];

/// What the package exports of it, used or not.
const EXPORTED: [&str; 2] = ["IrisClient", "IrisError"];

/// Words that begin a declaration.
const DECLARING: [&str; 7] = [
    "async function ",
    "async function* ",
    "class ",
    "const ",
    "function ",
    "function* ",
    "let ",
];

/// A declaration with the comment before it.
struct Declaration<'a> {
    name: &'a str,
    text: String,
    uses: BTreeSet<&'a str>,
}

/// The declarations that are exported or that `printed` uses, and those that they use.
pub(super) fn print(printed: &str, parts: Parts) -> String {
    let declarations = declarations(parts);
    let by_name: BTreeMap<&str, &Declaration<'_>> = declarations
        .iter()
        .map(|declaration| (declaration.name, declaration))
        .collect();
    let mut used: BTreeSet<&str> = BTreeSet::new();
    let mut waiting: Vec<&str> = words(printed).chain(EXPORTED).collect();
    while let Some(name) = waiting.pop() {
        if let Some(declaration) = by_name.get(name)
            && used.insert(declaration.name)
        {
            waiting.extend(&declaration.uses);
        }
    }
    let kept = declarations
        .iter()
        .filter(|declaration| used.contains(declaration.name));
    let texts: Vec<&str> = kept.map(|kept| kept.text.as_str()).collect();
    texts.join("\n")
}

/// The names that are declared.
pub(super) fn names(parts: Parts) -> BTreeSet<&'static str> {
    let declarations = declarations(parts).into_iter();
    declarations.map(|declaration| declaration.name).collect()
}

/// The names that it uses and does not declare, those that functions declare for themselves among them.
#[cfg(test)]
pub(super) fn free_names(parts: Parts) -> BTreeSet<String> {
    let declared = names(parts);
    let used = declarations(parts).into_iter().flat_map(|one| one.uses);
    let free = used.filter(|name| !declared.contains(name));
    free.map(str::to_owned).collect()
}

fn declarations(parts: Parts) -> Vec<Declaration<'static>> {
    let sockets = match parts.web_socket {
        true => SOCKETS,
        false => NO_SOCKETS,
    };
    let decode: &[&str] = match parts.web_assembly {
        true => &DECODE_BY_WASM,
        false => &DECODE,
    };
    let modules = EVERY.iter().chain(decode).copied().chain([sockets]);
    let mut declarations: Vec<_> = modules.flat_map(in_module).collect();
    if parts.web_assembly {
        declarations.push(program());
    }
    declarations
}

/// `DECODER`: the program in WebAssembly, in base64. A text is the one form in which every bundler and every page take bytes.
fn program() -> Declaration<'static> {
    let encoded = STANDARD.encode(iris_decoder::WASM);
    Declaration {
        name: "DECODER",
        text: format!("/** iris-decoder {VERSION}. */\nconst DECODER = \"{encoded}\";\n"),
        uses: BTreeSet::new(),
    }
}

fn in_module(module: &str) -> Vec<Declaration<'_>> {
    let mut declarations: Vec<Declaration<'_>> = Vec::new();
    let mut comment = String::new();
    let mut is_import = false;
    // The comment that opens the module is for those who read it there.
    let (_, lines) = module.split_once("\n\n").unwrap_or_default();
    for line in lines.lines() {
        is_import |= line.starts_with("import ");
        if is_import {
            is_import = !line.ends_with(';');
            continue;
        }
        let bare = line.strip_prefix("export ").unwrap_or(line);
        if let Some(name) = declared(bare) {
            let line = match EXPORTED.contains(&name) {
                true => line,
                false => bare,
            };
            declarations.push(Declaration {
                name,
                text: format!("{comment}{line}\n"),
                uses: words(line).collect(),
            });
            comment.clear();
        } else if ["//", "/*", " *"].iter().any(|mark| line.starts_with(mark)) {
            comment.push_str(line);
            comment.push('\n');
        } else if let Some(declaration) = declarations.last_mut() {
            declaration.text.push_str(line);
            declaration.text.push('\n');
            declaration.uses.extend(words(line));
        }
    }
    for declaration in &mut declarations {
        let length = declaration.text.trim_end().len();
        declaration.text.truncate(length + 1);
    }
    declarations
}

/// The name that a line declares.
fn declared(line: &str) -> Option<&str> {
    let rest = DECLARING.iter().find_map(|word| line.strip_prefix(word))?;
    words(rest).next()
}

/// The names in code, without what stands in comments and between quotes.
fn words(code: &str) -> impl Iterator<Item = &str> {
    code.lines().flat_map(|line| {
        let code = line.trim_start();
        let is_comment = ["//", "/*", "*"].iter().any(|mark| code.starts_with(mark));
        let code = if is_comment { "" } else { code };
        let code = code.split_once(" // ").map_or(code, |(code, _)| code);
        code.split('"').step_by(2).flat_map(words_of_code)
    })
}

/// What stands behind a dot is a property's name.
fn words_of_code(code: &str) -> impl Iterator<Item = &str> {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || "_$".contains(letter);
    let mut rest = code;
    std::iter::from_fn(move || {
        loop {
            let begin = rest.find(is_part)?;
            let (before, word) = rest.split_at(begin);
            let end = word.find(|letter| !is_part(letter)).unwrap_or(word.len());
            let is_property = before.ends_with('.') && !before.ends_with("...");
            rest = &word[end..];
            if !is_property {
                return Some(&word[..end]);
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAST: Parts = Parts {
        web_socket: false,
        web_assembly: false,
    };

    #[test]
    fn no_name_is_declared_twice() {
        for (web_socket, web_assembly) in [(false, false), (true, false), (false, true)] {
            let mut names = BTreeSet::new();
            for declaration in declarations(Parts {
                web_socket,
                web_assembly,
            }) {
                assert!(names.insert(declaration.name), "{}", declaration.name);
            }
            for expected in ["unary", "Carrier", "Sockets", "decode"] {
                assert!(names.contains(expected), "{expected}");
            }
            assert_eq!(names.contains("DECODER"), web_assembly);
        }
    }

    #[test]
    fn what_is_not_used_is_left_out() {
        let text = print("unary(STRING)", LEAST);
        assert!(text.contains("\nasync function unary("), "{text}");
        assert!(text.contains("\nconst STRING = {"));
        assert!(text.contains("\nexport class IrisError "));
        for absent in [
            "SINT64",
            "function bidirectional(",
            "import ",
            "function oneof(",
            "WebAssembly",
        ] {
            assert!(!text.contains(absent), "{absent}");
        }
    }
}
