//! A remote: an impl block annotated with `#[remote]`.

mod settings;

pub(crate) use settings::{filters, wire_name};

use crate::procedure::{self, Procedure};
use crate::report::Report;
use crate::syntax;
use proc_macro2::TokenStream;
use settings::Settings;
use syn::spanned::Spanned;
use syn::{Expr, Ident, ImplItem, ItemImpl, Path, Type};

/// A bundle of procedures, read from an impl block and checked.
#[derive(Debug)]
pub struct Remote {
    /// The protobuf package, as written in the attribute: `users.v1`.
    pub package: String,
    /// The name on the wire: that of the type, unless `name = ".."` says otherwise.
    pub name: String,
    /// The doc comment on the impl block.
    pub docs: String,
    /// Set by `#[deprecated]` on the impl block.
    pub deprecation: Option<Deprecation>,
    /// Filters that run before those of the procedure.
    pub filters: Vec<Filter>,
    /// In source order; never empty.
    pub procedures: Vec<Procedure>,
    /// The context every procedure borrows: `Session` for `ctx: &Session`.
    pub context: Type,
    /// Where the macros find Iris: `::iris_core` unless `crate = path` says otherwise.
    pub crate_path: Path,
    /// The impl block without Iris's own attributes.
    pub item: ItemImpl,
}

/// Why something should no longer be called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deprecation {
    /// What to call instead, in the author's words.
    pub note: Option<String>,
}

/// One entry of a `filters = [..]` list.
#[derive(Debug, Clone)]
pub struct Filter {
    /// As it was written, for the caller of a rejected call: `signed_in`, `role("admin")`.
    pub name: String,
    /// The function, or a call that lacks its first argument, the context.
    pub function: Expr,
}

/// A remote that could not be read.
#[derive(Debug)]
pub struct Rejected {
    /// Every mistake, each at the tokens it concerns.
    pub errors: syn::Error,
    /// The impl block without Iris's own attributes, so that its functions can still be compiled.
    pub item: Option<ItemImpl>,
    /// The context type, where one could be told.
    pub context: Option<Type>,
    /// Where the macros find Iris.
    pub crate_path: Path,
}

impl Filter {
    /// Whether a list has the same function, called with the same arguments.
    fn is_in(&self, list: &[Filter]) -> bool {
        list.iter().any(|other| other.function == self.function)
    }
}

impl Remote {
    /// Package and name: `users.v1.Users`.
    pub fn full_name(&self) -> String {
        format!("{}.{}", self.package, self.name)
    }
}

/// Reads `#[remote(attribute)] item`.
///
/// # Errors
///
/// Every mistake found in the attribute, the impl block and its procedures, all at once.
pub fn read_remote(attribute: TokenStream, item: TokenStream) -> Result<Remote, Box<Rejected>> {
    let rejected = |errors| {
        Box::new(Rejected {
            errors,
            item: None,
            context: None,
            crate_path: syn::parse_quote!(::iris_core),
        })
    };
    let mut item: ItemImpl = syn::parse2(item).map_err(|error| {
        rejected(syn::Error::new(
            error.span(),
            "#[remote] goes on an impl block: `#[remote(package = \"users.v1\")] impl Users { .. }`",
        ))
    })?;
    let mut report = Report::default();

    let settings = Settings::read(attribute, &mut report);
    if let Some((_, path, _)) = &item.trait_ {
        report.at(path, "#[remote] goes on the type's own impl block, not on a trait's: write `impl Users { .. }`");
    }
    let type_name = syntax::last_name(&item.self_ty).map(Ident::to_string);
    if type_name.is_none() {
        report.at(
            &item.self_ty,
            "a remote is a named type: write `impl Users { .. }`",
        );
    }
    let docs = syntax::docs(&item.attrs);
    let deprecation = syntax::deprecation(&item.attrs);
    let generics: Vec<Ident> = item
        .generics
        .type_params()
        .map(|param| param.ident.clone())
        .collect();

    let mut procedures = Vec::new();
    let mut contexts: Vec<Type> = Vec::new();
    let mut annotated = 0;
    for member in &mut item.items {
        let ImplItem::Fn(function) = member else {
            continue;
        };
        let Some(position) = function
            .attrs
            .iter()
            .position(|a| syntax::is_called(a, "procedure"))
        else {
            continue;
        };
        annotated += 1;
        let attribute = function.attrs.remove(position);
        let read = procedure::read(&attribute, function, &generics, &mut report);
        contexts.extend(read.context);
        procedures.extend(read.procedure);
        // Deprecation speaks to callers of the client; the registration must not warn.
        function.attrs.retain(|attribute| {
            !attribute.path().is_ident("deprecated") && !syntax::is_called(attribute, "procedure")
        });
    }
    item.attrs
        .retain(|attribute| !attribute.path().is_ident("deprecated"));
    if annotated == 0 {
        report.at(
            &item.self_ty,
            "a remote has at least one procedure: write #[procedure] above the functions that callers may call",
        );
    }
    one_context(&contexts, &mut report);
    unique_names(&procedures, &mut report);
    unique_filters(&settings.filters, &procedures, &mut report);

    let context = contexts.into_iter().next();
    match (
        report.finish(),
        settings.package,
        settings.name.or(type_name),
        context,
    ) {
        (Ok(()), Some(package), Some(name), Some(context)) => Ok(Remote {
            package,
            name,
            docs,
            deprecation,
            filters: settings.filters,
            procedures,
            context,
            crate_path: settings.crate_path,
            item,
        }),
        (Err(errors), _, _, context) => Err(Box::new(Rejected {
            errors,
            item: Some(item),
            context,
            crate_path: settings.crate_path,
        })),
        (Ok(()), _, _, context) => Err(Box::new(Rejected {
            errors: syn::Error::new(item.span(), "this remote could not be read"),
            item: Some(item),
            context,
            crate_path: settings.crate_path,
        })),
    }
}

fn one_context(contexts: &[Type], report: &mut Report) {
    let Some(first) = contexts.first() else {
        return;
    };
    for other in &contexts[1..] {
        if other != first {
            report.at(
                other,
                format!(
                    "the procedures of a remote share one context, written the same each time; the first takes `&{}`, this one `&{}`",
                    syntax::text(first),
                    syntax::text(other)
                ),
            );
        }
    }
}

fn unique_names(procedures: &[Procedure], report: &mut Report) {
    for (index, procedure) in procedures.iter().enumerate() {
        if let Some(other) = procedures[..index]
            .iter()
            .find(|other| other.name == procedure.name)
        {
            report.at(
                &procedure.ident,
                format!(
                    "`{}` and `{}` are both called `{}` on the wire; give one of them #[procedure(name = \"..\")]",
                    other.ident, procedure.ident, procedure.name
                ),
            );
        }
    }
}

/// What a filter finds is told apart by its type, which a filter that runs twice would find twice.
fn unique_filters(of_remote: &[Filter], procedures: &[Procedure], report: &mut Report) {
    let lists = procedures.iter().map(|procedure| &procedure.filters[..]);
    for list in std::iter::once(of_remote).chain(lists) {
        for (index, filter) in list.iter().enumerate() {
            if filter.is_in(&list[..index]) {
                report.at(
                    &filter.function,
                    format!("`{}` is listed twice; keep one of them", filter.name),
                );
            }
        }
    }
    for filter in procedures.iter().flat_map(|procedure| &procedure.filters) {
        if filter.is_in(of_remote) {
            report.at(
                &filter.function,
                format!(
                    "`{}` runs before every procedure of this remote, since #[remote(filters = [..])] lists it; take it away here",
                    filter.name
                ),
            );
        }
    }
}
