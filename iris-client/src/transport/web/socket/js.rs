//! What is used of WebSockets, as JavaScript names it (<https://websockets.spec.whatwg.org>).

use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    pub(super) type WebSocket;

    #[wasm_bindgen(constructor, catch)]
    pub(super) fn new(url: &str, protocol: &str) -> Result<WebSocket, JsValue>;

    /// The subprotocol that the server selected.
    #[wasm_bindgen(method, getter)]
    pub(super) fn protocol(this: &WebSocket) -> String;

    /// How many bytes were given to it that have not left.
    #[wasm_bindgen(method, getter, js_name = bufferedAmount)]
    pub(super) fn buffered_amount(this: &WebSocket) -> f64;

    #[wasm_bindgen(method, setter, js_name = binaryType)]
    pub(super) fn set_binary_type(this: &WebSocket, kind: &str);

    #[wasm_bindgen(method, setter, js_name = onopen)]
    pub(super) fn set_on_open(this: &WebSocket, callback: Option<&Closure<dyn Fn()>>);

    #[wasm_bindgen(method, setter, js_name = onmessage)]
    pub(super) fn set_on_message(
        this: &WebSocket,
        callback: Option<&Closure<dyn Fn(MessageEvent)>>,
    );

    #[wasm_bindgen(method, setter, js_name = onerror)]
    pub(super) fn set_on_error(this: &WebSocket, callback: &Closure<dyn Fn(JsValue)>);

    #[wasm_bindgen(method, setter, js_name = onclose)]
    pub(super) fn set_on_close(this: &WebSocket, callback: Option<&Closure<dyn Fn(CloseEvent)>>);

    #[wasm_bindgen(method, catch)]
    pub(super) fn send(this: &WebSocket, data: &[u8]) -> Result<(), JsValue>;

    #[wasm_bindgen(method, catch)]
    pub(super) fn close(this: &WebSocket, code: u16, reason: &str) -> Result<(), JsValue>;

    pub(super) type MessageEvent;

    /// An `ArrayBuffer`, or a string.
    #[wasm_bindgen(method, getter)]
    pub(super) fn data(this: &MessageEvent) -> JsValue;

    pub(super) type CloseEvent;

    #[wasm_bindgen(method, getter)]
    pub(super) fn code(this: &CloseEvent) -> u16;

    #[wasm_bindgen(method, getter)]
    pub(super) fn reason(this: &CloseEvent) -> String;
}
