//! Functions: events for lambdas, without HTTP.

use crate::daemon::access::{Caller, may};
use crate::daemon::apps::Apps;
use crate::daemon::event::Event;
use crate::daemon::events::Events;
use crate::daemon::lambda::intake::Intake;
use crate::error::UpError;
use crate::messages::iris::up::v1::{
    EnqueueRequest, EnqueueResponse, EventRequest, EventsRequest, EventsResponse, InvokeRequest,
    InvokeResponse, Scope,
};
use bytes::Bytes;
use iris_core::remote;
use std::sync::Arc;
use std::time::Duration;

/// The lambdas of this box.
#[derive(Debug)]
pub struct FunctionsRemote {
    pub(crate) apps: Arc<Apps>,
    pub(crate) events: Arc<Events>,
    pub(crate) intake: Intake,
}

impl FunctionsRemote {
    /// An event, with the room that it takes until a function is given it or it is kept.
    fn event(&self, payload: Bytes) -> Result<Event, UpError> {
        let held = self.intake.hold(payload.len());
        let held = held.map_err(|_| UpError::NoRoomForEvent)?;
        Ok(Event {
            held: Some(held),
            ..Event::new(payload)?
        })
    }
}

/// The lambdas of this box.
#[remote(package = "iris.up.v1", name = "Functions")]
impl FunctionsRemote {
    /// Gives a function an event, and waits for what comes of it. A function that has the event and fails is an outcome, and
    /// no error.
    #[procedure(filters = [may(Scope::Invoke)])]
    async fn invoke(
        &self,
        caller: &Caller,
        request: InvokeRequest,
    ) -> Result<InvokeResponse, UpError> {
        let name = caller.app(request.name)?;
        let (instance, entered) = self.apps.enter(&name, None)?;
        let event = self.event(request.event)?;
        instance.invoke(entered, event).await?.whole().await
    }

    /// Keeps an event for a function, which is given it soon. A function that fails is given it again, as its settings say;
    /// where it never succeeds the event is dead, and stays.
    #[procedure(filters = [may(Scope::Invoke)])]
    async fn enqueue(
        &self,
        caller: &Caller,
        request: EnqueueRequest,
    ) -> Result<EnqueueResponse, UpError> {
        let name = caller.app(request.name)?;
        let event = self.event(request.event)?;
        let request_id = event.id.clone();
        let delay = match request.delay {
            None => Duration::ZERO,
            Some(delay) => Duration::try_from(delay).map_err(|_| {
                UpError::InvalidSettings("a delay is not less than nothing".to_owned())
            })?,
        };
        self.events.enqueue(&name, event, delay).await?;
        Ok(EnqueueResponse { request_id })
    }

    /// The events that wait for a function, are on their way to it, or are dead.
    #[procedure(idempotent, filters = [may(Scope::Read)])]
    async fn events(
        &self,
        caller: &Caller,
        request: EventsRequest,
    ) -> Result<EventsResponse, UpError> {
        let name = caller.app(request.name)?;
        self.apps.find(&name)?;
        Ok(self.events.list(&name, request.dead))
    }

    /// Gives a function a dead event anew, as if it had just come.
    #[procedure(filters = [may(Scope::Invoke)])]
    async fn replay(&self, caller: &Caller, request: EventRequest) -> Result<(), UpError> {
        let name = caller.app(request.name)?;
        self.events.replay(&name, &request.request_id).await
    }

    /// Forgets an event that waits or is dead.
    #[procedure(filters = [may(Scope::Deploy)])]
    async fn discard(&self, caller: &Caller, request: EventRequest) -> Result<(), UpError> {
        let name = caller.app(request.name)?;
        self.events.discard(&name, &request.request_id).await
    }
}
