//! The messages of a procedure, and the shapes they are written in.

use super::Payload;
use crate::report::Report;
use crate::syntax;
use syn::{
    GenericArgument, Ident, ImplItemFn, PathArguments, ReturnType, Type, TypeImplTrait,
    TypeParamBound,
};

/// The message parameter: one message, or `Streaming<Message>`.
pub(super) fn request(ty: &Type, generics: &[Ident], report: &mut Report) -> Payload {
    if let Some(arguments) = syntax::type_arguments(ty, "Streaming") {
        return match arguments[..] {
            [message] => {
                message_type(message, generics, report).map_or(Payload::None, Payload::Stream)
            }
            _ => {
                report.at(
                    ty,
                    "name the message that is streamed: `Streaming<UploadRequest>`",
                );
                Payload::None
            }
        };
    }
    if let Type::ImplTrait(_) = ty {
        report.at(
            ty,
            "a stream of requests arrives as `Streaming<UploadRequest>`",
        );
        return Payload::None;
    }
    message_type(ty, generics, report).map_or(Payload::None, Payload::One)
}

/// The response of `-> Result<T, E>`.
pub(super) fn response(
    output: &ReturnType,
    function: &ImplItemFn,
    generics: &[Ident],
    report: &mut Report,
) -> Option<Payload> {
    const SHAPE: &str = "a procedure may fail, so it returns a Result: \
                         `Result<UserResponse, UserError>`, or `Result<(), IrisError>` where it has no message to give";
    let ReturnType::Type(_, ty) = output else {
        report.at(&function.sig.ident, SHAPE);
        return None;
    };
    let success = match syntax::type_arguments(ty, "Result") {
        Some(arguments) if !arguments.is_empty() => arguments[0],
        Some(_) => {
            report.at(ty, "name both types here, they are part of the contract: `Result<UserResponse, UserError>`");
            return None;
        }
        None => {
            report.at(ty, SHAPE);
            return None;
        }
    };
    match success {
        Type::Tuple(tuple) if tuple.elems.is_empty() => Some(Payload::None),
        Type::ImplTrait(stream) => streamed(stream, generics, report),
        _ => message_type(success, generics, report).map(Payload::One),
    }
}

/// `E` of `-> Result<T, E>`.
pub(super) fn error_type(output: &ReturnType) -> Option<Type> {
    let ReturnType::Type(_, ty) = output else {
        return None;
    };
    let arguments = syntax::type_arguments(ty, "Result")?;
    arguments.get(1).copied().cloned()
}

/// The message of `impl Stream<Item = Result<M, E>>`.
fn streamed(stream: &TypeImplTrait, generics: &[Ident], report: &mut Report) -> Option<Payload> {
    const SHAPE: &str = "a stream of responses is `impl Stream<Item = Result<UserEvent, IrisError>>`: each item may be the error that ends it";
    let item = stream.bounds.iter().find_map(|bound| {
        let TypeParamBound::Trait(bound) = bound else {
            return None;
        };
        let segment = bound
            .path
            .segments
            .last()
            .filter(|segment| segment.ident == "Stream")?;
        let PathArguments::AngleBracketed(arguments) = &segment.arguments else {
            return None;
        };
        arguments.args.iter().find_map(|argument| match argument {
            GenericArgument::AssocType(item) if item.ident == "Item" => Some(&item.ty),
            _ => None,
        })
    });
    let message = item
        .and_then(|item| syntax::type_arguments(item, "Result"))
        .and_then(|arguments| arguments.first().copied());
    match message {
        Some(message) => message_type(message, generics, report).map(Payload::Stream),
        None => {
            report.at(stream, SHAPE);
            None
        }
    }
}

/// A type that can stand for a protobuf message: a plain path.
fn message_type(ty: &Type, generics: &[Ident], report: &mut Report) -> Option<Type> {
    let Some(name) = syntax::last_name(ty) else {
        let hint = match ty {
            Type::Tuple(tuple) if tuple.elems.is_empty() => {
                "a procedure without a message leaves the parameter out"
            }
            _ => {
                "this must be one protobuf message, as generated from a .proto: `CreateUserRequest`"
            }
        };
        report.at(ty, hint);
        return None;
    };
    if generics.contains(name) {
        report.at(
            ty,
            format!("`{name}` is a type parameter; the contract needs the message's own name"),
        );
        return None;
    }
    let name = name.to_string();
    let scalars = ["String", "bool", "i32", "i64", "u32", "u64", "f32", "f64"];
    // A message has no type arguments, so that with them the names of containers are those of Rust.
    let has_arguments = syntax::type_arguments(ty, &name).is_some_and(|types| !types.is_empty());
    if has_arguments && ["Pin", "Box", "BoxStream", "ReceiverStream"].contains(&name.as_str()) {
        report.at(
            ty,
            "a stream of responses is written `impl Stream<Item = Result<UserEvent, IrisError>>`; a boxed one may be returned as that",
        );
        return None;
    }
    if has_arguments || is_of_rust(ty, &scalars) {
        report.at(
            ty,
            format!(
                "`{}` is no protobuf message; wrap it in one, so that fields can be added later",
                syntax::text(ty)
            ),
        );
        return None;
    }
    Some(ty.clone())
}

/// Whether a type is one of these by its bare name, or `String` by its path in the standard library.
fn is_of_rust(ty: &Type, scalars: &[&str]) -> bool {
    let path = syntax::text(ty);
    let path = path.trim_start_matches("::");
    scalars.contains(&path) || ["std::string::String", "alloc::string::String"].contains(&path)
}
