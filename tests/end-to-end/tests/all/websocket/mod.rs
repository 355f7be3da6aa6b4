//! Calls over WebSockets, spoken by hand: the wire contract of `docs/websocket.md`.

mod busy;
mod calls;
mod cancelling;
mod flow;
mod handshake;
mod heads;
mod hostile;
mod lifetime;
mod malformed;
mod mounted;
mod origins;
mod secured;
pub(crate) mod speaker;

const ECHO: &str = "/testing.v1.Shapes/Echo";
const FETCH: &str = "/testing.v1.Shapes/Fetch";
const LENGTH: &str = "/testing.v1.Shapes/Length";
const COUNT: &str = "/testing.v1.Shapes/Count";
const SUM: &str = "/testing.v1.Shapes/Sum";
const CHAT: &str = "/testing.v1.Shapes/Chat";
const HANG: &str = "/testing.v1.Failures/Hang";
const WAIT: &str = "/testing.v1.Failures/Wait";
const FACTS: &str = "/testing.v1.CallFacts/Facts";

const JSON: &str = "application/json";
const STREAM: &str = "application/connect+json";
