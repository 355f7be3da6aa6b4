//! What is used of fetch, as JavaScript names it.

use js_sys::{Promise, Uint8Array};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch)]
    pub(super) fn fetch(url: &str, options: &Options) -> Result<Promise, JsValue>;

    #[wasm_bindgen(js_name = Object)]
    pub(super) type Options;

    #[wasm_bindgen(constructor, js_class = "Object")]
    pub(super) fn new() -> Options;

    #[wasm_bindgen(method, setter)]
    pub(super) fn set_method(this: &Options, method: &str);

    #[wasm_bindgen(method, setter)]
    pub(super) fn set_headers(this: &Options, headers: &Headers);

    #[wasm_bindgen(method, setter)]
    pub(super) fn set_body(this: &Options, body: &Uint8Array);

    #[wasm_bindgen(method, setter)]
    pub(super) fn set_credentials(this: &Options, mode: &str);

    #[wasm_bindgen(method, setter)]
    pub(super) fn set_signal(this: &Options, signal: &JsValue);

    pub(super) type AbortController;

    #[wasm_bindgen(constructor)]
    pub(super) fn new() -> AbortController;

    #[wasm_bindgen(method, getter)]
    pub(super) fn signal(this: &AbortController) -> JsValue;

    #[wasm_bindgen(method)]
    pub(super) fn abort(this: &AbortController);

    pub(super) type Headers;

    #[wasm_bindgen(constructor)]
    pub(super) fn new() -> Headers;

    #[wasm_bindgen(method, catch)]
    pub(super) fn append(this: &Headers, name: &str, value: &str) -> Result<(), JsValue>;

    #[wasm_bindgen(method, js_name = forEach)]
    pub(super) fn for_each(this: &Headers, with: &mut dyn FnMut(String, String));

    #[wasm_bindgen(js_name = Response)]
    pub(super) type Answer;

    #[wasm_bindgen(method, getter)]
    pub(super) fn status(this: &Answer) -> u16;

    #[wasm_bindgen(method, getter, js_name = type)]
    pub(super) fn kind(this: &Answer) -> String;

    #[wasm_bindgen(method, getter)]
    pub(super) fn headers(this: &Answer) -> Headers;

    #[wasm_bindgen(method, getter)]
    pub(super) fn body(this: &Answer) -> Option<ReadableStream>;

    pub(super) type ReadableStream;

    #[wasm_bindgen(method, catch, js_name = getReader)]
    pub(super) fn reader(this: &ReadableStream) -> Result<Reader, JsValue>;

    #[wasm_bindgen(js_name = ReadableStreamDefaultReader)]
    pub(super) type Reader;

    #[wasm_bindgen(method, catch)]
    pub(super) fn read(this: &Reader) -> Result<Promise, JsValue>;

    #[wasm_bindgen(js_name = Object)]
    pub(super) type Piece;

    #[wasm_bindgen(method, getter)]
    pub(super) fn done(this: &Piece) -> bool;

    #[wasm_bindgen(method, getter)]
    pub(super) fn value(this: &Piece) -> Uint8Array;
}
