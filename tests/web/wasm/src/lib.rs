//! The client as browsers, workers and Node run it. `wasm.test.mjs` runs the cases in each of them.

#![cfg(all(target_arch = "wasm32", target_os = "unknown"))]
// All of it is tests, though not the kind that the compiler knows.
#![allow(clippy::unwrap_used)]

#[cfg(doctest)]
#[doc = include_str!("../../../../docs/browsers.md")]
mod browsers {}
mod cases;
mod settled;
mod world;

use js_sys::Promise;
use js_sys::futures::future_to_promise;
use wasm_bindgen::prelude::*;
use world::World;

#[wasm_bindgen]
extern "C" {
    /// Fails the case that runs: a panic cannot, since it ends all that this module is.
    #[wasm_bindgen(js_name = failed)]
    fn failed(text: &str);
}

/// The names of the cases.
#[wasm_bindgen]
pub fn names() -> Vec<String> {
    cases::all()
        .iter()
        .map(|(name, _)| (*name).to_owned())
        .collect()
}

/// Runs a case to its end; a failed one calls the global function `failed`.
#[wasm_bindgen]
pub fn run(name: String, world: World) -> Promise {
    std::panic::set_hook(Box::new(|panic| failed(&panic.to_string())));
    let cases = cases::all();
    let case = cases.iter().find(|(known, _)| *known == name);
    let (_, case) = case.expect("a case of this name");
    let running = case(world);
    future_to_promise(async move {
        running.await;
        Ok(JsValue::UNDEFINED)
    })
}
