//! What prost wants of comments: where a file has any, it looks for those of everything in it, and stops where there are none.
//! Servers send those alone that have a text.

use crate::types::tag;
use prost_types::source_code_info::Location;
use prost_types::{DescriptorProto, EnumDescriptorProto, FileDescriptorProto};
use std::collections::BTreeSet;

/// Gives everything in the file a place where a comment of it would stand.
pub(super) fn complete(file: &mut FileDescriptorProto) {
    let mut paths = Vec::new();
    for (message, index) in file.message_type.iter().zip(0..) {
        add_message(&mut paths, message, vec![tag::FILE_MESSAGE, index]);
    }
    for (enumeration, index) in file.enum_type.iter().zip(0..) {
        add_enum(&mut paths, enumeration, vec![tag::FILE_ENUM, index]);
    }
    let Some(info) = &mut file.source_code_info else {
        return;
    };
    for location in &mut info.location {
        let comments = [
            &mut location.leading_comments,
            &mut location.trailing_comments,
        ];
        let detached = location.leading_detached_comments.iter_mut();
        let comments = comments.into_iter().flatten().chain(detached);
        comments.for_each(|comment| *comment = as_rust_takes_it(comment));
    }
    let known: BTreeSet<Vec<i32>> = info
        .location
        .iter()
        .map(|location| location.path.clone())
        .collect();
    let missing = paths.into_iter().filter(|path| !known.contains(path));
    info.location.extend(missing.map(|path| Location {
        path,
        span: vec![0, 0, 0],
        ..Location::default()
    }));
}

/// The text of a comment. In one, Rust refuses a carriage return that ends no line, and what turns the direction of text.
pub(super) fn as_rust_takes_it(comment: &str) -> String {
    let turns = |letter: &char| matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let comment = comment.replace("\r\n", "\n").replace('\r', "\n");
    comment.chars().filter(|letter| !turns(letter)).collect()
}

fn add_message(paths: &mut Vec<Vec<i32>>, message: &DescriptorProto, path: Vec<i32>) {
    let inside = |tag: i32, index: i32| [path.as_slice(), &[tag, index]].concat();
    for (_, index) in message.field.iter().zip(0..) {
        paths.push(inside(tag::MESSAGE_FIELD, index));
    }
    for (_, index) in message.oneof_decl.iter().zip(0..) {
        paths.push(inside(tag::MESSAGE_ONEOF, index));
    }
    for (nested, index) in message.nested_type.iter().zip(0..) {
        add_message(paths, nested, inside(tag::MESSAGE_MESSAGE, index));
    }
    for (nested, index) in message.enum_type.iter().zip(0..) {
        add_enum(paths, nested, inside(tag::MESSAGE_ENUM, index));
    }
    paths.push(path);
}

fn add_enum(paths: &mut Vec<Vec<i32>>, enumeration: &EnumDescriptorProto, path: Vec<i32>) {
    for (_, index) in enumeration.value.iter().zip(0..) {
        paths.push([path.as_slice(), &[tag::ENUM_VALUE, index]].concat());
    }
    paths.push(path);
}
