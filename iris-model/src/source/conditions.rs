//! Under which condition something is compiled.

use crate::syntax;
use syn::punctuated::Punctuated;
use syn::{Attribute, Meta, Token};

/// Whether something is compiled for tests alone: what they define is no part of the contract.
pub(super) fn are_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let is_test = || syntax::is_called(attribute, "test");
        let under_test = || {
            attribute.path().is_ident("cfg")
                && attribute.parse_args().is_ok_and(|meta| needs_test(&meta))
        };
        is_test() || under_test()
    })
}

/// `test`, or `all(..)` with it.
fn needs_test(condition: &Meta) -> bool {
    match condition {
        Meta::Path(path) => path.is_ident("test"),
        Meta::List(list) if list.path.is_ident("all") => list
            .parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)
            .is_ok_and(|conditions| conditions.iter().any(needs_test)),
        _ => false,
    }
}

/// The error of something that is in the contract under a condition.
pub(super) fn refusal(attributes: &[Attribute]) -> Option<syn::Error> {
    let attribute = attributes
        .iter()
        .find(|attribute| attribute.path().is_ident("cfg"))?;
    Some(syn::Error::new_spanned(
        attribute,
        "remotes and error codes are part of the contract, which does not depend on how the server is compiled: \
         take #[cfg] away, or leave out `add_remote` instead",
    ))
}
