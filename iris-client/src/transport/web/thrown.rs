//! What JavaScript threw, in words.

use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// Of an `Error`, and whatever else is thrown.
    type Thrown;

    #[wasm_bindgen(method, getter)]
    fn message(this: &Thrown) -> JsValue;

    #[wasm_bindgen(method, getter)]
    fn cause(this: &Thrown) -> JsValue;

    #[wasm_bindgen(method, getter)]
    fn name(this: &Thrown) -> JsValue;

    type Navigator;

    #[wasm_bindgen(thread_local_v2, js_name = navigator)]
    static NAVIGATOR: Option<Navigator>;

    #[wasm_bindgen(method, getter, js_name = onLine)]
    fn on_line(this: &Navigator) -> JsValue;
}

/// The message, and that of the cause where there is one, as in Node.
pub(super) fn described(error: &JsValue) -> String {
    let message = message(error).unwrap_or_else(|| "JavaScript threw no Error".to_owned());
    match cause(error).and_then(|cause| self::message(&cause)) {
        Some(cause) if !cause.is_empty() => format!("{message}: {cause}"),
        _ => message,
    }
}

/// Whether what was named is not there.
pub(super) fn is_missing(error: &JsValue) -> bool {
    let name = error
        .is_object()
        .then(|| error.unchecked_ref::<Thrown>().name());
    name.and_then(|name| name.as_string()).as_deref() == Some("ReferenceError")
}

/// Why a server was not reached. Browsers keep it from pages, for it may be none of their business.
pub(super) fn unreached(error: &JsValue) -> String {
    let described = described(error);
    if is_offline() {
        return format!("{described}; the browser is offline");
    }
    if cause(error).is_some() {
        return described;
    }
    format!(
        "{described}; the browser's console may tell more: nothing listens there, the name has no address, the \
         certificate is not trusted, or CORS does not allow this page's origin (HttpServer::allow_origins)"
    )
}

/// Whether the browser knows that there is no network.
pub(super) fn is_offline() -> bool {
    NAVIGATOR.with(|navigator| {
        let navigator = navigator.as_ref();
        navigator.is_some_and(|navigator| navigator.on_line() == JsValue::FALSE)
    })
}

fn message(error: &JsValue) -> Option<String> {
    let error = error.is_object().then(|| error.unchecked_ref::<Thrown>())?;
    error.message().as_string()
}

fn cause(error: &JsValue) -> Option<JsValue> {
    let error = error.is_object().then(|| error.unchecked_ref::<Thrown>())?;
    let cause = error.cause();
    cause.is_object().then_some(cause)
}
