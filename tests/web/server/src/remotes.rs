//! A procedure for each message, which gives it back.

use crate::messages;
use iris_core::{IrisError, Request, remote};

/// Gives back what it gets.
#[derive(Debug)]
pub struct Echo;

/// Every message there is.
#[remote(package = "web.v1")]
impl Echo {
    /// `everything::v1::Scalars`.
    #[procedure(idempotent)]
    async fn scalars(
        &self,
        _: &Request,
        message: messages::everything::v1::Scalars,
    ) -> Result<messages::everything::v1::Scalars, IrisError> {
        Ok(message)
    }

    /// `everything::v1::Optionals`.
    #[procedure(idempotent)]
    async fn optionals(
        &self,
        _: &Request,
        message: messages::everything::v1::Optionals,
    ) -> Result<messages::everything::v1::Optionals, IrisError> {
        Ok(message)
    }

    /// `everything::v1::Lists`.
    #[procedure(idempotent)]
    async fn lists(
        &self,
        _: &Request,
        message: messages::everything::v1::Lists,
    ) -> Result<messages::everything::v1::Lists, IrisError> {
        Ok(message)
    }

    /// `everything::v1::Maps`.
    #[procedure(idempotent)]
    async fn maps(
        &self,
        _: &Request,
        message: messages::everything::v1::Maps,
    ) -> Result<messages::everything::v1::Maps, IrisError> {
        Ok(message)
    }

    /// `everything::v1::Choices`.
    #[procedure(idempotent)]
    async fn choices(
        &self,
        _: &Request,
        message: messages::everything::v1::Choices,
    ) -> Result<messages::everything::v1::Choices, IrisError> {
        Ok(message)
    }

    /// `everything::v1::WellKnown`.
    #[procedure(idempotent)]
    async fn well_known(
        &self,
        _: &Request,
        message: messages::everything::v1::WellKnown,
    ) -> Result<messages::everything::v1::WellKnown, IrisError> {
        Ok(message)
    }

    /// `everything::v1::Anything`.
    #[procedure(idempotent)]
    async fn anything(
        &self,
        _: &Request,
        message: messages::everything::v1::Anything,
    ) -> Result<messages::everything::v1::Anything, IrisError> {
        Ok(message)
    }

    /// `everything::v1::Awkward`.
    #[procedure(idempotent)]
    async fn awkward(
        &self,
        _: &Request,
        message: messages::everything::v1::Awkward,
    ) -> Result<messages::everything::v1::Awkward, IrisError> {
        Ok(message)
    }

    /// `everything::v1::Tree`.
    #[procedure(idempotent)]
    async fn tree(
        &self,
        _: &Request,
        message: messages::everything::v1::Tree,
    ) -> Result<messages::everything::v1::Tree, IrisError> {
        Ok(message)
    }

    /// `everything::v1::Nothing`.
    #[procedure(idempotent)]
    async fn nothing(
        &self,
        _: &Request,
        message: messages::everything::v1::Nothing,
    ) -> Result<messages::everything::v1::Nothing, IrisError> {
        Ok(message)
    }

    /// `everything::v1::Aliases`.
    #[procedure(idempotent)]
    async fn aliases(
        &self,
        _: &Request,
        message: messages::everything::v1::Aliases,
    ) -> Result<messages::everything::v1::Aliases, IrisError> {
        Ok(message)
    }

    /// `everything::v1::Old`.
    #[procedure(idempotent)]
    async fn old(
        &self,
        _: &Request,
        message: messages::everything::v1::Old,
    ) -> Result<messages::everything::v1::Old, IrisError> {
        Ok(message)
    }

    /// `names::Renamed`.
    #[procedure(idempotent)]
    async fn renamed(
        &self,
        _: &Request,
        message: messages::names::Renamed,
    ) -> Result<messages::names::Renamed, IrisError> {
        Ok(message)
    }

    /// `names::Uses`.
    #[procedure(idempotent)]
    async fn uses(
        &self,
        _: &Request,
        message: messages::names::Uses,
    ) -> Result<messages::names::Uses, IrisError> {
        Ok(message)
    }

    /// `names::Outer`.
    #[procedure(idempotent)]
    async fn outer(
        &self,
        _: &Request,
        message: messages::names::Outer,
    ) -> Result<messages::names::Outer, IrisError> {
        Ok(message)
    }

    /// `names::Nested`.
    #[procedure(idempotent)]
    async fn nested(
        &self,
        _: &Request,
        message: messages::names::Nested,
    ) -> Result<messages::names::Nested, IrisError> {
        Ok(message)
    }

    /// `type::mod::match::Self_`.
    #[procedure(idempotent)]
    async fn self_message(
        &self,
        _: &Request,
        message: messages::r#type::r#mod::r#match::Self_,
    ) -> Result<messages::r#type::r#mod::r#match::Self_, IrisError> {
        Ok(message)
    }

    /// `type::mod::match::Option`.
    #[procedure(idempotent)]
    async fn option(
        &self,
        _: &Request,
        message: messages::r#type::r#mod::r#match::Option,
    ) -> Result<messages::r#type::r#mod::r#match::Option, IrisError> {
        Ok(message)
    }

    /// `type::mod::match::String`.
    #[procedure(idempotent)]
    async fn string(
        &self,
        _: &Request,
        message: messages::r#type::r#mod::r#match::String,
    ) -> Result<messages::r#type::r#mod::r#match::String, IrisError> {
        Ok(message)
    }

    /// `type::mod::match::Result`.
    #[procedure(idempotent)]
    async fn result(
        &self,
        _: &Request,
        message: messages::r#type::r#mod::r#match::Result,
    ) -> Result<messages::r#type::r#mod::r#match::Result, IrisError> {
        Ok(message)
    }

    /// `Rootless`.
    #[procedure(idempotent)]
    async fn rootless(
        &self,
        _: &Request,
        message: messages::Rootless,
    ) -> Result<messages::Rootless, IrisError> {
        Ok(message)
    }

    /// `web::v1::Named`.
    #[procedure(idempotent)]
    async fn named(
        &self,
        _: &Request,
        message: messages::web::v1::Named,
    ) -> Result<messages::web::v1::Named, IrisError> {
        Ok(message)
    }

    /// `web::v1::Unpacked`.
    #[procedure(idempotent)]
    async fn unpacked(
        &self,
        _: &Request,
        message: messages::web::v1::Unpacked,
    ) -> Result<messages::web::v1::Unpacked, IrisError> {
        Ok(message)
    }

    /// `web::v1::Packed`.
    #[procedure(idempotent)]
    async fn packed(
        &self,
        _: &Request,
        message: messages::web::v1::Packed,
    ) -> Result<messages::web::v1::Packed, IrisError> {
        Ok(message)
    }

    /// `web::v1::Keys`.
    #[procedure(idempotent)]
    async fn keys(
        &self,
        _: &Request,
        message: messages::web::v1::Keys,
    ) -> Result<messages::web::v1::Keys, IrisError> {
        Ok(message)
    }

    /// `web::v1::Far`.
    #[procedure(idempotent)]
    async fn far(
        &self,
        _: &Request,
        message: messages::web::v1::Far,
    ) -> Result<messages::web::v1::Far, IrisError> {
        Ok(message)
    }

    /// `web::v1::Chosen`.
    #[procedure(idempotent)]
    async fn chosen(
        &self,
        _: &Request,
        message: messages::web::v1::Chosen,
    ) -> Result<messages::web::v1::Chosen, IrisError> {
        Ok(message)
    }

    /// `web::v1::Map`.
    #[procedure(idempotent)]
    async fn map(
        &self,
        _: &Request,
        message: messages::web::v1::Map,
    ) -> Result<messages::web::v1::Map, IrisError> {
        Ok(message)
    }

    /// `web::v1::ErrorInit`.
    #[procedure(idempotent)]
    async fn error_init(
        &self,
        _: &Request,
        message: messages::web::v1::ErrorInit,
    ) -> Result<messages::web::v1::ErrorInit, IrisError> {
        Ok(message)
    }

    /// `web::v1::Old`.
    #[procedure(idempotent)]
    async fn web_old(
        &self,
        _: &Request,
        message: messages::web::v1::Old,
    ) -> Result<messages::web::v1::Old, IrisError> {
        Ok(message)
    }
}
