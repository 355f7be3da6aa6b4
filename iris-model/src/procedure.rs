//! A procedure: a function of a remote annotated with `#[procedure]`.

use crate::remote::{Deprecation, Filter, filters, wire_name};
use crate::report::Report;
use crate::{names, syntax};
use syn::spanned::Spanned;
use syn::{
    Attribute, FnArg, GenericArgument, GenericParam, Ident, ImplItemFn, PathArguments, ReturnType,
    Type, TypeImplTrait, TypeParamBound,
};

/// One procedure of a remote, read and checked.
#[derive(Debug)]
pub struct Procedure {
    /// The Rust function.
    pub ident: Ident,
    /// The name on the wire: `CreateUser` for `create_user`, unless `name = ".."` says otherwise.
    pub name: String,
    /// The doc comment.
    pub docs: String,
    /// Set by `#[deprecated]`.
    pub deprecation: Option<Deprecation>,
    /// Filters that run after those of the remote, in this order.
    pub filters: Vec<Filter>,
    /// Whether a call may be repeated.
    pub idempotency: Idempotency,
    /// The parameters after `&self` and the context, in order.
    pub parameters: Vec<Parameter>,
    /// What the caller sends.
    pub request: Payload,
    /// What the caller gets.
    pub response: Payload,
    /// The type of its errors, where it is written: an alias of `Result` may hide it.
    pub error: Option<Type>,
}

/// What is sent in one direction.
#[derive(Debug, Clone, Default)]
pub enum Payload {
    /// Nothing but the fact of the call; on the wire an empty message.
    #[default]
    None,
    /// One message of this type.
    One(Type),
    /// Any number of messages of this type.
    Stream(Type),
}

/// A parameter after `&self` and the context.
#[derive(Debug, Clone)]
pub enum Parameter {
    /// The message, or the stream of messages. At most one.
    Message,
    /// What a filter found: `user: &Authenticated`.
    Refined(Box<Type>),
}

/// Whether a call may be repeated, and by whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Idempotency {
    /// Repeating may do the work twice: never retried.
    #[default]
    Unknown,
    /// `idempotent`: reads only. Clients may retry it, caches may answer it, GET may call it.
    NoSideEffects,
    /// `idempotent = "with_side_effects"`: doing it twice leaves the same state. Retried, never called by GET.
    WithSideEffects,
}

/// Which directions carry a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StreamKind {
    /// One message each way.
    Unary,
    /// One message in, many out.
    Server,
    /// Many in, one out.
    Client,
    /// Many each way.
    Bidirectional,
}

impl StreamKind {
    /// The word used in `iris.lock` and in messages to users.
    pub fn as_str(self) -> &'static str {
        match self {
            StreamKind::Unary => "unary",
            StreamKind::Server => "server stream",
            StreamKind::Client => "client stream",
            StreamKind::Bidirectional => "bidirectional stream",
        }
    }
}

impl Payload {
    /// The message's Rust type, where there is a message.
    pub fn message(&self) -> Option<&Type> {
        match self {
            Payload::None => None,
            Payload::One(ty) | Payload::Stream(ty) => Some(ty),
        }
    }

    fn is_stream(&self) -> bool {
        matches!(self, Payload::Stream(_))
    }
}

impl Procedure {
    /// Which directions carry a stream.
    pub fn stream_kind(&self) -> StreamKind {
        match (self.request.is_stream(), self.response.is_stream()) {
            (false, false) => StreamKind::Unary,
            (false, true) => StreamKind::Server,
            (true, false) => StreamKind::Client,
            (true, true) => StreamKind::Bidirectional,
        }
    }
}

/// What could be read of a function, also where the rest of it is wrong.
pub(crate) struct Read {
    pub(crate) procedure: Option<Procedure>,
    pub(crate) context: Option<Type>,
}

pub(crate) fn read(
    attribute: &Attribute,
    function: &ImplItemFn,
    generics: &[Ident],
    report: &mut Report,
) -> Read {
    let settings = Settings::read(attribute, report);
    plain_async_function(function, report);
    let signature = Signature::read(function, generics, report);
    let response = response(&function.sig.output, function, generics, report);
    let ident = function.sig.ident.clone();
    let procedure = response.map(|response| Procedure {
        name: settings
            .name
            .unwrap_or_else(|| names::method_name(&ident.to_string())),
        docs: syntax::docs(&function.attrs),
        deprecation: syntax::deprecation(&function.attrs),
        filters: settings.filters,
        idempotency: settings.idempotency,
        parameters: signature.parameters,
        request: signature.request,
        response,
        error: error_type(&function.sig.output),
        ident: ident.clone(),
    });
    if let Some(procedure) = &procedure {
        if procedure.idempotency != Idempotency::Unknown && procedure.request.is_stream() {
            report.at(
                &ident,
                "a call that streams its request cannot be repeated, so it is not `idempotent`; take the word away",
            );
        }
        if !names::is_identifier(&procedure.name) {
            report.at(
                &ident,
                "this name gives no protobuf name; add #[procedure(name = \"..\")]",
            );
        }
    }
    Read {
        procedure,
        context: signature.context,
    }
}

#[derive(Default)]
struct Settings {
    name: Option<String>,
    filters: Vec<Filter>,
    idempotency: Idempotency,
}

impl Settings {
    fn read(attribute: &Attribute, report: &mut Report) -> Settings {
        let mut settings = Settings::default();
        let Some(tokens) = report.ok(syntax::attribute_tokens(attribute)) else {
            return settings;
        };
        for argument in syntax::arguments(tokens, report).unwrap_or_default() {
            match argument.name.to_string().as_str() {
                "name" => settings.name = wire_name(&argument, "CreateUser", report),
                "filters" => settings.filters = filters(&argument, report),
                "idempotent" => settings.idempotency = idempotency(&argument, report),
                _ => report.at(
                    &argument.name,
                    format!(
                        "unknown argument `{}`; #[procedure] takes name, filters and idempotent",
                        argument.name
                    ),
                ),
            }
        }
        settings
    }
}

fn idempotency(argument: &syntax::Argument, report: &mut Report) -> Idempotency {
    match &argument.value {
        None => Idempotency::NoSideEffects,
        Some(value) if syntax::string(value).as_deref() == Some("with_side_effects") => {
            Idempotency::WithSideEffects
        }
        Some(value) => {
            report.at(
                value,
                "write `idempotent` for a procedure that only reads, `idempotent = \"with_side_effects\"` \
                 for one that may be repeated but changes something",
            );
            Idempotency::Unknown
        }
    }
}

fn plain_async_function(function: &ImplItemFn, report: &mut Report) {
    let signature = &function.sig;
    if signature.asyncness.is_none() {
        report.at(
            &signature.fn_token,
            format!("a procedure is async: write `async fn {}`", signature.ident),
        );
    }
    if let Some(token) = &signature.unsafety {
        report.at(
            token,
            "a procedure is called by the network, which keeps no promises: take `unsafe` away",
        );
    }
    if let Some(abi) = &signature.abi {
        report.at(abi, "a procedure is a plain async fn: take `extern` away");
    }
    for parameter in &signature.generics.params {
        if !matches!(parameter, GenericParam::Lifetime(_)) {
            report.at(
                parameter,
                "a procedure is one method on the wire, so it has no type parameters of its own; put them on the impl block",
            );
        }
    }
    if let Some(attribute) = function
        .attrs
        .iter()
        .find(|attribute| attribute.path().is_ident("cfg"))
    {
        report.at(
            attribute,
            "a procedure is part of the contract, which does not depend on how the server is compiled; put #[cfg] inside the function",
        );
    }
    if let Some(attribute) = function
        .attrs
        .iter()
        .find(|attribute| syntax::is_called(attribute, "procedure"))
    {
        report.at(
            attribute,
            "#[procedure] is given twice; put all arguments in one",
        );
    }
}

#[derive(Default)]
struct Signature {
    context: Option<Type>,
    parameters: Vec<Parameter>,
    request: Payload,
}

impl Signature {
    fn read(function: &ImplItemFn, generics: &[Ident], report: &mut Report) -> Signature {
        let mut signature = Signature::default();
        let mut inputs = function.sig.inputs.iter();
        match inputs.next() {
            Some(FnArg::Receiver(receiver)) => {
                let shared = receiver.reference.is_some() && receiver.mutability.is_none();
                if !shared {
                    report.at(
                        receiver,
                        "calls run side by side, so a procedure borrows its remote: write `&self`, with a lock or an atomic inside where state changes",
                    );
                }
            }
            first => {
                report.at_span(
                    first.map_or(function.sig.ident.span(), Spanned::span),
                    "a procedure borrows its remote and the context first: write `(&self, ctx: &Session, ..)`",
                );
                return signature;
            }
        }
        let mut message_given = false;
        for (index, input) in inputs.enumerate() {
            let FnArg::Typed(parameter) = input else {
                continue;
            };
            match (&*parameter.ty, index) {
                (Type::Reference(reference), 0) => {
                    if reference.mutability.is_some() {
                        report.at(
                            reference,
                            "filters and procedure share the context: write `ctx: &Session`",
                        );
                    }
                    signature.context = Some((*reference.elem).clone());
                }
                (ty, 0) => {
                    report.at(
                        ty,
                        "the context comes first, borrowed: write `ctx: &Session`, or `_: &Request` where there is no context initializer",
                    );
                    return signature;
                }
                (Type::Reference(reference), _) => {
                    if reference.mutability.is_some() {
                        report.at(
                            reference,
                            "what a filter found is borrowed: write `&`, not `&mut`",
                        );
                    }
                    signature
                        .parameters
                        .push(Parameter::Refined(reference.elem.clone()));
                }
                (ty, _) => {
                    if message_given {
                        report.at(
                            ty,
                            "a procedure takes one message; what a filter found is borrowed: write `user: &Authenticated`",
                        );
                        continue;
                    }
                    message_given = true;
                    signature.parameters.push(Parameter::Message);
                    signature.request = request(ty, generics, report);
                }
            }
        }
        if signature.context.is_none() {
            report.at(
                &function.sig.ident,
                "the context comes first: write `(&self, ctx: &Session, ..)`, or `(&self, _: &Request, ..)` where there is no context initializer",
            );
        }
        signature
    }
}

fn request(ty: &Type, generics: &[Ident], report: &mut Report) -> Payload {
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
fn response(
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
fn error_type(output: &ReturnType) -> Option<Type> {
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
    let rust_only = [
        "Option", "Vec", "Box", "Arc", "HashMap", "String", "bool", "i32", "i64", "u32", "u64",
        "f32", "f64",
    ];
    if rust_only.contains(&name.to_string().as_str()) {
        report.at(
            ty,
            format!(
                "`{}` is no protobuf message; wrap it in one, so that fields can be added later",
                syntax::text(ty)
            ),
        );
        return None;
    }
    if ["Pin", "BoxStream", "ReceiverStream"].contains(&name.to_string().as_str()) {
        report.at(
            ty,
            "a stream of responses is written `impl Stream<Item = Result<UserEvent, IrisError>>`; a boxed one may be returned as that",
        );
        return None;
    }
    Some(ty.clone())
}
