//! An application that does what it is asked and nothing else: it neither panics nor fails by itself,
//! waits only where it says so, and answers with no more than it was sent.

use futures_util::{StreamExt, stream};
use iris_core::{Cookie, Iris, IrisError, IrisService, Request, Stream, Streaming, remote};
use protojson::included::everything::v1::{
    Lists, Maps, Nothing, Optionals, Scalars, Tree, WellKnown,
};
use std::sync::LazyLock;

/// The largest message either way, in bytes: small, so that it is met.
pub(super) const LIMIT: usize = 2048;

pub(crate) fn service() -> IrisService<Request> {
    static SERVICE: LazyLock<IrisService<Request>> = LazyLock::new(|| of(application()));
    SERVICE.clone()
}

/// The same, with answers of any length compressed.
pub(super) fn compressing() -> IrisService<Request> {
    static SERVICE: LazyLock<IrisService<Request>> =
        LazyLock::new(|| of(application().compress_responses(0)));
    SERVICE.clone()
}

fn application() -> Iris<Request> {
    Iris::without_context()
        .add_remote(Mirror)
        .max_request_size(LIMIT)
        .max_response_size(LIMIT)
}

fn of(application: Iris<Request>) -> IrisService<Request> {
    application.into_service().expect("an application")
}

struct Mirror;

#[remote(package = "fuzz.v1")]
impl Mirror {
    #[procedure(idempotent)]
    async fn scalars(&self, _: &Request, message: Scalars) -> Result<Scalars, IrisError> {
        Ok(message)
    }

    #[procedure]
    async fn maps(&self, _: &Request, message: Maps) -> Result<Maps, IrisError> {
        Ok(message)
    }

    #[procedure(idempotent)]
    async fn well_known(&self, _: &Request, message: WellKnown) -> Result<WellKnown, IrisError> {
        Ok(message)
    }

    #[procedure]
    async fn tree(&self, _: &Request, message: Tree) -> Result<Tree, IrisError> {
        Ok(message)
    }

    #[procedure(idempotent)]
    async fn ping(&self, _: &Request) -> Result<(), IrisError> {
        Ok(())
    }

    #[procedure]
    async fn split(
        &self,
        _: &Request,
        lists: Lists,
    ) -> Result<impl Stream<Item = Result<Scalars, IrisError>>, IrisError> {
        Ok(stream::iter(lists.scalars).map(Ok))
    }

    #[procedure]
    async fn gather(
        &self,
        _: &Request,
        mut messages: Streaming<Scalars>,
    ) -> Result<Lists, IrisError> {
        let mut lists = Lists::default();
        while let Some(message) = messages.next().await {
            lists.scalars.push(message?);
        }
        Ok(lists)
    }

    #[procedure]
    async fn each(
        &self,
        _: &Request,
        messages: Streaming<Tree>,
    ) -> Result<impl Stream<Item = Result<Tree, IrisError>>, IrisError> {
        Ok(messages)
    }

    /// Every message has fields that this one has not.
    #[procedure]
    async fn through(
        &self,
        _: &Request,
        messages: Streaming<Nothing>,
    ) -> Result<impl Stream<Item = Result<Nothing, IrisError>>, IrisError> {
        Ok(messages)
    }

    #[procedure(idempotent)]
    async fn wait(&self, _: &Request) -> Result<(), IrisError> {
        std::future::pending().await
    }

    #[procedure]
    async fn fail(&self, _: &Request, message: Optionals) -> Result<(), IrisError> {
        let Optionals {
            an_int32, a_string, ..
        } = message;
        Err(IrisError::new(
            an_int32.unwrap_or_default(),
            a_string.unwrap_or_default(),
        ))
    }

    #[procedure]
    async fn decorate(&self, request: &Request, message: Maps) -> Result<(), IrisError> {
        for (name, value) in message.by_string {
            // What cannot be set is not sent.
            let _ = request.append_metadata(&name, &value);
            let _ = request.append_trailer(&name, &value);
            request.set_cookie(Cookie::new(name, value));
        }
        Ok(())
    }

    #[procedure]
    async fn facts(&self, request: &Request) -> Result<Scalars, IrisError> {
        let metadata = request.metadata();
        Ok(Scalars {
            a_string: request.id().to_owned() + &request.cookie("flavour").unwrap_or_default(),
            some_bytes: metadata.get_bytes("x-bytes-bin").unwrap_or_default().into(),
            a_bool: request.remaining().is_some(),
            ..Scalars::default()
        })
    }
}
