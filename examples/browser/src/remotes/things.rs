//! The list, and what happens to it.

use crate::error::PicnicError;
use crate::messages::picnic::v1::{
    AddRequest, BringRequest, Change, ListResponse, RemoveRequest, Thing, Watching, change,
};
use crate::visit::{SignedIn, Visit, signed_in};
use futures_util::{StreamExt, future, stream};
use iris_core::{IrisError, Stream, remote};
use tokio_stream::wrappers::BroadcastStream;

/// The list of things to bring.
#[derive(Debug)]
pub struct Things;

/// What the picnic needs. Everybody may look, guests may change it.
#[remote(package = "picnic.v1")]
impl Things {
    /// Everything on the list.
    #[procedure(idempotent)]
    async fn list(&self, visit: &Visit) -> Result<ListResponse, IrisError> {
        let things = visit.picnic.list.things();
        Ok(ListResponse { things })
    }

    /// Tells what happens to the list. The first message says from when on, so that a caller who then lists misses
    /// nothing.
    #[procedure]
    async fn watch(
        &self,
        visit: &Visit,
    ) -> Result<impl Stream<Item = Result<Change, IrisError>>, IrisError> {
        let changes = BroadcastStream::new(visit.picnic.list.changes());
        let watching = change::Change::Watching(Watching {});
        let first = Change {
            change: Some(watching),
        };
        // It ends for a caller who does not keep up, too: one who watches and lists once more has all of it again.
        let changes = changes
            .map(|change| change.map_err(IrisError::internal))
            .take_while(|change| future::ready(change.is_ok()));
        let all = stream::iter([Ok(first)]).chain(changes);
        Ok(all.take_until(visit.request.stopping()))
    }

    /// Adds a thing.
    #[procedure(filters = [signed_in])]
    async fn add(&self, visit: &Visit, request: AddRequest) -> Result<Thing, PicnicError> {
        visit.picnic.list.add(&request.name)
    }

    /// Says that the caller brings a thing, or does so no longer.
    #[procedure(filters = [signed_in], idempotent = "with_side_effects")]
    async fn bring(
        &self,
        visit: &Visit,
        SignedIn(session): &SignedIn,
        request: BringRequest,
    ) -> Result<(), PicnicError> {
        let BringRequest { id, bring } = request;
        visit.picnic.list.bring(id, &session.guest, bring)
    }

    /// Takes a thing off the list that no other guest brings.
    #[procedure(filters = [signed_in], idempotent = "with_side_effects")]
    async fn remove(
        &self,
        visit: &Visit,
        SignedIn(session): &SignedIn,
        request: RemoveRequest,
    ) -> Result<(), PicnicError> {
        visit.picnic.list.remove(request.id, &session.guest)
    }
}
