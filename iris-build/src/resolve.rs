//! Finds the message that a Rust type in a remote's source stands for.
//!
//! A build script sees text, not types. So a written path is completed by what `use` says, and the message whose Rust path
//! has the longest end in common with it is meant. Where several have, nothing is guessed beyond the remote's own package.

use crate::catalogue::{Catalogue, MessageType};
use crate::identifier;
use iris_model::source::Import;
use std::collections::BTreeMap;
use syn::Type;

/// How often a `use` may lean on another `use`.
const IMPORT_DEPTH: usize = 4;

/// Finds the message that `ty` stands for in a file with these imports, in a remote of this package.
///
/// # Errors
///
/// What is wrong and what to write, without the place.
pub(crate) fn resolve<'a>(
    ty: &Type,
    imports: &[Import],
    package: &str,
    catalogue: &'a Catalogue,
) -> Result<&'a MessageType, String> {
    let path = Written::new(ty).ok_or("this is no name of a message; write `CreateUserRequest`")?;
    let meant = path.expansions(imports);
    let mut scored: BTreeMap<&str, (usize, &MessageType)> = BTreeMap::new();
    for path in &meant {
        for message in catalogue.called(path.last().map_or("", String::as_str)) {
            let score = common_end(path, &message.rust_path);
            let known = scored.entry(&message.full_name).or_insert((score, message));
            known.0 = known.0.max(score);
        }
    }
    let best = scored.values().map(|(score, _)| *score).max().unwrap_or(0);
    let mut candidates: Vec<&MessageType> = scored
        .values()
        .filter(|(score, _)| *score == best)
        .map(|(_, message)| *message)
        .collect();
    if candidates.iter().any(|message| !message.well_known) {
        candidates.retain(|message| !message.well_known);
    }
    match candidates[..] {
        [] if names_well_known(&meant) => Err(well_known(&path.text)),
        [] => Err(missing(&path, catalogue)),
        [only] if only.well_known || names_well_known(&meant) => Err(well_known(&path.text)),
        [only] => Ok(only),
        _ => {
            let whole = |message: &&&MessageType| message.rust_path.len() == best;
            // What was written names modules that no candidate has, so the module is the user's own.
            let contradicted = meant.iter().all(|path| path.len() > best);
            let own = |message: &&&MessageType| !contradicted && message.package == package;
            single(candidates.iter().filter(whole))
                .or_else(|| single(candidates.iter().filter(own)))
                .copied()
                .ok_or_else(|| ambiguous(&path, &candidates))
        }
    }
}

fn single<T>(mut items: impl Iterator<Item = T>) -> Option<T> {
    items.next().filter(|_| items.next().is_none())
}

/// A type's path as it was written.
struct Written {
    text: String,
    segments: Vec<String>,
    /// It starts at the crate or at another one, so that `use` does not touch it.
    rooted: bool,
}

impl Written {
    fn new(ty: &Type) -> Option<Written> {
        match ty {
            Type::Path(path) if path.qself.is_none() => {
                let segments: Vec<String> = path
                    .path
                    .segments
                    .iter()
                    .map(|segment| identifier::without_raw(&segment.ident.to_string()).to_owned())
                    .collect();
                let text = segments.join("::");
                let rooted = path.path.leading_colon.is_some() || is_relative_root(&segments[0]);
                Some(Written {
                    text,
                    segments,
                    rooted,
                })
            }
            Type::Group(group) => Written::new(&group.elem),
            Type::Paren(paren) => Written::new(&paren.elem),
            _ => None,
        }
    }

    fn name(&self) -> &str {
        self.segments.last().map_or("", String::as_str)
    }

    /// The paths that this one may stand for, from the crate's root or below it.
    fn expansions(&self, imports: &[Import]) -> Vec<Vec<String>> {
        let mut paths = vec![self.segments.clone()];
        if !self.rooted {
            paths = expanded(self.segments.clone(), imports, IMPORT_DEPTH);
            if paths == [self.segments.clone()] {
                let globs = imports.iter().filter(|import| import.name == "*");
                for glob in globs {
                    let module = expanded(plain(&glob.path), imports, IMPORT_DEPTH);
                    paths.extend(
                        module
                            .into_iter()
                            .map(|module| [module, self.segments.clone()].concat()),
                    );
                }
            }
        }
        for path in &mut paths {
            let root = path.iter().take_while(|segment| is_relative_root(segment));
            let root = root.count();
            path.drain(..root);
        }
        paths
    }
}

fn is_relative_root(segment: &str) -> bool {
    ["crate", "self", "super"].contains(&segment)
}

fn plain(path: &[String]) -> Vec<String> {
    path.iter()
        .map(|segment| identifier::without_raw(segment).to_owned())
        .collect()
}

/// The path with its first segment replaced by what `use` says of it.
fn expanded(path: Vec<String>, imports: &[Import], depth: usize) -> Vec<Vec<String>> {
    let Some((first, rest)) = path.split_first() else {
        return vec![path];
    };
    let found: Vec<Vec<String>> = imports
        .iter()
        .filter(|import| identifier::without_raw(&import.name) == first)
        .map(|import| [plain(&import.path), rest.to_vec()].concat())
        .filter(|replaced| *replaced != path)
        .collect();
    if found.is_empty() || depth == 0 {
        return vec![path];
    }
    found
        .into_iter()
        .flat_map(|path| expanded(path, imports, depth - 1))
        .collect()
}

/// How many segments two paths have in common at their ends.
fn common_end(one: &[String], other: &[String]) -> usize {
    let pairs = one.iter().rev().zip(other.iter().rev());
    pairs.take_while(|(one, other)| one == other).count()
}

fn names_well_known(paths: &[Vec<String>]) -> bool {
    paths
        .iter()
        .any(|path| path.iter().any(|segment| segment == "prost_types"))
}

fn well_known(text: &str) -> String {
    format!(
        "`{text}` is a well-known type, and a contract of its own kind: no field can ever be added to it; \
         wrap it in a message of yours"
    )
}

fn missing(path: &Written, catalogue: &Catalogue) -> String {
    let name = path.name();
    let near = near_misses(name, catalogue);
    let near = if near.is_empty() {
        String::new()
    } else {
        format!("; did you mean {}?", near.join(" or "))
    };
    format!(
        "no .proto declares a message called `{name}`{near} (What a filter yields is borrowed: `&{name}`.)"
    )
}

/// Up to three messages whose names are nearly `name`.
fn near_misses(name: &str, catalogue: &Catalogue) -> Vec<String> {
    let wanted = name.to_lowercase();
    let allowed = (wanted.chars().count() / 4).clamp(1, 3);
    let mut near: Vec<(usize, &MessageType)> = catalogue
        .messages()
        .filter(|message| !message.well_known)
        .filter_map(|message| {
            let distance = distance(&wanted, &message.rust_path.last()?.to_lowercase());
            (distance <= allowed).then_some((distance, message))
        })
        .collect();
    near.sort_by(|(a, one), (b, other)| a.cmp(b).then(one.full_name.cmp(&other.full_name)));
    // What differs in its capitals alone is meant, and nothing else.
    let only = near.first().is_some_and(|(distance, _)| *distance == 0);
    near.retain(|(distance, _)| !only || *distance == 0);
    near.iter()
        .take(3)
        .map(|(_, message)| {
            let path = identifier::written_path(&message.rust_path);
            format!("`{path}` ({})", message.place)
        })
        .collect()
}

/// How many letters must be added, taken away or replaced (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (index, letter) in one.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], index + 1);
        for (column, candidate) in other.iter().enumerate() {
            let replaced = diagonal + usize::from(letter != *candidate);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[other.len()]
}

fn ambiguous(path: &Written, candidates: &[&MessageType]) -> String {
    let listed: Vec<String> = candidates
        .iter()
        .map(|message| format!("`{}` ({})", message.full_name, message.place))
        .collect();
    let example = candidates.first().map_or_else(String::new, |message| {
        identifier::written_path(&message.rust_path)
    });
    format!(
        "`{}` may be {}; write the module too, here or in a `use`: `{example}`",
        path.text,
        listed.join(" or ")
    )
}
