//! What a case has around it, as JavaScript gives it.

use end_to_end_client::Remotes;
use end_to_end_client::iris_client::{Client, ClientBuilder, Streams};
use end_to_end_client::messages::testing::v1::{Number, Text};
use js_sys::Promise;
use js_sys::futures::JsFuture;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// A server of the case's own, and what is wrong beside it.
    pub type World;

    /// The URL of the server, which the page may call.
    #[wasm_bindgen(method, getter)]
    pub fn server(this: &World) -> String;

    /// The URL of something that is no Iris server; it answers as the path says.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn stranger(this: &World) -> String;

    /// `page`, `worker` or `node`.
    #[wasm_bindgen(method, getter)]
    pub fn place(this: &World) -> String;

    #[wasm_bindgen(method, js_name = tell)]
    fn js_tell(this: &World, command: &str) -> Promise;
}

impl World {
    /// Has the test do something outside, as `tell` of `outside.mjs` says; gives what comes of it.
    pub(crate) async fn tell(&self, command: &str) -> String {
        let told = JsFuture::from(self.js_tell(command)).await;
        told.expect("an answer").as_string().unwrap_or_default()
    }

    pub(crate) fn builder(&self) -> ClientBuilder {
        Client::builder(&self.server())
    }

    pub(crate) fn remotes(&self) -> Remotes {
        remotes(self.builder())
    }

    /// Remotes of the stranger, which answers all of them as this path below it says.
    pub(crate) fn strangers(&self, behaviour: &str) -> Remotes {
        remotes(self.strange(behaviour))
    }

    pub(crate) fn strange(&self, behaviour: &str) -> ClientBuilder {
        Client::builder(&format!("{}/{behaviour}", self.stranger()))
    }

    pub(crate) fn is_browser(&self) -> bool {
        self.place() != "node"
    }
}

pub(crate) fn remotes(builder: ClientBuilder) -> Remotes {
    Remotes::new(builder.build().expect("a client"))
}

/// The server's remotes by what goes over fetch, and all over a socket.
pub(crate) fn both_ways(world: &World) -> [Remotes; 2] {
    [
        world.remotes(),
        remotes(world.builder().streams(Streams::WebSocket)),
    ]
}

pub(crate) fn text(text: &str) -> Text {
    Text { text: text.into() }
}

pub(crate) fn number(number: i64) -> Number {
    Number { number }
}
