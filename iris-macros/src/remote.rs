//! Expands `#[remote]`: the impl block as it was, and one registration per procedure.

use iris_model::{
    Filter, Idempotency, Parameter, Payload, Procedure, Rejected, Remote, read_remote,
};
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, Ident, ImplItemFn};

pub(crate) fn expand(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let fallback = item.clone();
    match read_remote(attribute, item) {
        Ok(remote) => registered(&remote),
        Err(rejected) => fall_back(*rejected, fallback),
    }
}

pub(crate) fn misplaced_procedure(item: TokenStream) -> TokenStream {
    let message = "#[procedure] belongs inside an impl block that has #[remote(package = \"users.v1\")] above it";
    let place = match syn::parse2::<ImplItemFn>(item.clone()) {
        Ok(function) => function.sig.to_token_stream(),
        Err(_) => item.clone(),
    };
    let error = syn::Error::new_spanned(place, message).into_compile_error();
    quote!(#error #item)
}

/// The mistakes, and what can still be compiled, so that one mistake gives one message.
fn fall_back(rejected: Rejected, original: TokenStream) -> TokenStream {
    let errors = rejected.errors.to_compile_error();
    let Some(item) = rejected.item else {
        return quote!(#errors #original);
    };
    let (impl_generics, _, where_clause) = item.generics.split_for_impl();
    let self_ty = &item.self_ty;
    let iris = &rejected.crate_path;
    // A remote without procedures lets `add_remote` compile. Not for a trait's impl block, whose own impl may stand elsewhere.
    let remote = rejected
        .context
        .filter(|_| item.trait_.is_none())
        .map(|context| {
            quote! {
                impl #impl_generics #iris::Remote for #self_ty #where_clause {
                    type Context = #context;
                    const NAME: &'static str = "";
                    fn register(_: &mut #iris::__private::Procedures<Self>) {}
                }
            }
        });
    quote!(#errors #[allow(unused)] #item #remote)
}

/// The names that registrations use, which no name of the user's can be taken for.
struct Locals {
    procedures: Ident,
    remote: Ident,
    context: Ident,
    incoming: Ident,
    outgoing: Ident,
    encoding: Ident,
    found: Ident,
    message: Ident,
}

impl Locals {
    fn new() -> Self {
        let local = |name| Ident::new(name, Span::mixed_site());
        Locals {
            procedures: local("procedures"),
            remote: local("remote"),
            context: local("context"),
            incoming: local("incoming"),
            outgoing: local("outgoing"),
            encoding: local("encoding"),
            found: local("found"),
            message: local("message"),
        }
    }
}

fn registered(remote: &Remote) -> TokenStream {
    let Remote {
        item,
        context,
        crate_path: iris,
        ..
    } = remote;
    let (impl_generics, _, where_clause) = item.generics.split_for_impl();
    let self_ty = &item.self_ty;
    let name = remote.full_name();
    let locals = Locals::new();
    let procedures = &locals.procedures;
    let registrations = remote
        .procedures
        .iter()
        .map(|procedure| registration(remote, procedure, &locals));
    quote! {
        #item

        impl #impl_generics #iris::Remote for #self_ty #where_clause {
            type Context = #context;
            const NAME: &'static str = #name;

            fn register(#procedures: &mut #iris::__private::Procedures<Self>) {
                // Filters whose answers need it; there may be none.
                #[allow(unused_imports)]
                use #iris::__private::AnyVerdict as _;
                #(#registrations)*
            }
        }
    }
}

/// `procedures.once(spec, |remote, context, incoming, encoding| Box::pin(async move { filters; decode; call; encode }))`
fn registration(remote: &Remote, procedure: &Procedure, locals: &Locals) -> TokenStream {
    let iris = &remote.crate_path;
    let span = procedure.ident.span();
    let spec = spec(iris, procedure);
    let filters = remote
        .filters
        .iter()
        .chain(&procedure.filters)
        .map(|filter| run_filter(iris, filter, locals));
    let (takes, borrows) = refined(iris, procedure, locals);
    let (receive, arguments) = arguments(iris, procedure, borrows, locals);
    let function = &procedure.ident;
    let Locals {
        procedures,
        remote,
        context,
        incoming,
        outgoing,
        encoding,
        found,
        ..
    } = locals;
    let error = procedure
        .error
        .as_ref()
        .map_or_else(|| quote!(_), |ty| quote!(#ty));
    let called = quote_spanned! {span=>
        #iris::__private::told::<_, #error>(Self::#function(&#remote, &#context, #(#arguments),*).await)
    };
    let mutable = match &procedure.request {
        Payload::Stream(_) => None,
        Payload::None | Payload::One(_) => Some(quote!(mut)),
    };
    let before = quote! {
        let #found = ();
        #(#filters)*
        #(#takes)*
        let _ = #found;
        #receive
    };
    match &procedure.response {
        Payload::Stream(_) => quote_spanned! {span=>
            #procedures.streamed(#spec, |#remote, #context, #mutable #incoming, #outgoing| ::std::boxed::Box::pin(async move {
                #before
                #outgoing.send_all(#called?).await
            }));
        },
        Payload::None | Payload::One(_) => quote_spanned! {span=>
            #procedures.once(#spec, |#remote, #context, #mutable #incoming, #encoding| ::std::boxed::Box::pin(async move {
                #before
                #encoding.answer(&#called?)
            }));
        },
    }
}

fn spec(iris: &syn::Path, procedure: &Procedure) -> TokenStream {
    let name = &procedure.name;
    let reads_only =
        (procedure.idempotency == Idempotency::NoSideEffects).then(|| quote!(.reads_only()));
    let streams_in = matches!(procedure.request, Payload::Stream(_)).then(|| quote!(.streams_in()));
    let takes = procedure
        .request
        .message()
        .map(|ty| quote!(.takes::<#ty>()));
    let gives = procedure
        .response
        .message()
        .map(|ty| quote!(.gives::<#ty>()));
    quote!(#iris::__private::Spec::new(#name) #takes #gives #reads_only #streams_in)
}

/// Runs a filter and puts what it found before what the others did. `role("admin")` is called with
/// the context first.
fn run_filter(iris: &syn::Path, filter: &Filter, locals: &Locals) -> TokenStream {
    let Filter { name, function } = filter;
    let Locals { context, found, .. } = locals;
    let called = match function {
        Expr::Call(call) => {
            let (function, arguments) = (&call.func, &call.args);
            quote_spanned!(function.span()=> #function(&#context, #arguments))
        }
        function => quote_spanned!(function.span()=> #function(&#context)),
    };
    quote_spanned! {function.span()=>
        let #found = (#iris::__private::Verdict(#called.await).pass(#name)?, #found);
    }
}

/// Takes each refined parameter out of what the filters found, and names them for the call.
fn refined(
    iris: &syn::Path,
    procedure: &Procedure,
    locals: &Locals,
) -> (Vec<TokenStream>, Vec<Ident>) {
    let found = &locals.found;
    let types = procedure
        .parameters
        .iter()
        .filter_map(|parameter| match parameter {
            Parameter::Refined(ty) => Some(ty),
            Parameter::Message => None,
        });
    types
        .enumerate()
        .map(|(index, ty)| {
            let name = format_ident!("refined_{index}", span = Span::mixed_site());
            // All of it stands at the parameter, where the compiler then reports a filter that is missing.
            let iris = located(iris, ty.span());
            let found = located(found, ty.span());
            let take = quote_spanned! {ty.span()=>
                let (#name, #found) = #iris::__private::Take::<#ty, _>::take(#found);
            };
            (take, name)
        })
        .unzip()
}

/// The tokens with the names they stand for, shown at another place.
fn located(tokens: &impl ToTokens, place: Span) -> TokenStream {
    let mut tokens: Vec<_> = tokens.to_token_stream().into_iter().collect();
    for token in &mut tokens {
        token.set_span(token.span().located_at(place));
    }
    tokens.into_iter().collect()
}

/// How the request is read, and the arguments after the context.
fn arguments(
    iris: &syn::Path,
    procedure: &Procedure,
    refined: Vec<Ident>,
    locals: &Locals,
) -> (TokenStream, Vec<TokenStream>) {
    let Locals {
        incoming, message, ..
    } = locals;
    let receive = match &procedure.request {
        Payload::None => quote!(#incoming.nothing().await?;),
        Payload::One(ty) => {
            quote_spanned!(ty.span()=>
                let #message = #incoming.payload(<#ty as #iris::Message>::full_name).await?;
                let #message: #ty = #incoming.decode(#message)?;
            )
        }
        Payload::Stream(ty) => {
            quote_spanned!(ty.span()=> let #message: #iris::Streaming<#ty> = #incoming.stream();)
        }
    };
    let mut refined = refined.into_iter();
    let arguments = procedure
        .parameters
        .iter()
        .filter_map(|parameter| match parameter {
            Parameter::Message => Some(quote!(#message)),
            Parameter::Refined(_) => refined.next().map(|name| quote!(&#name)),
        });
    (receive, arguments.collect())
}
