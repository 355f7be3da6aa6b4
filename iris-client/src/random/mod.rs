//! Random numbers for spreading: of calls over connections, of attempts over time.

#[cfg(feature = "native")]
mod less_busy;

#[cfg(feature = "native")]
pub(crate) use less_busy::less_busy;

/// A number from 0 to 1.
pub(crate) fn share() -> f64 {
    #[cfg(feature = "native")]
    let share = f64::from(any() as u32) / f64::from(u32::MAX);
    #[cfg(not(feature = "native"))]
    let share = js_random();
    share
}

/// Any number. The hasher's keys are random: enough for spreading, without a dependency.
#[cfg(feature = "native")]
fn any() -> u64 {
    use std::hash::{BuildHasher, Hasher, RandomState};
    RandomState::new().build_hasher().finish()
}

/// The standard library has nothing random in a browser.
#[cfg(not(feature = "native"))]
#[wasm_bindgen::prelude::wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = Math, js_name = random)]
    fn js_random() -> f64;
}
