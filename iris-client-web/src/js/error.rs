//! Errors as JavaScript gets them.

use iris_client::IrisError;
use js_sys::Array;
use wasm_bindgen::JsValue;

/// What the class `IrisError` of JavaScript is made of: code, internal message, status, and the request's id or
/// `undefined`.
pub(super) fn parts(error: &IrisError) -> JsValue {
    let parts = Array::new();
    parts.push(&error.code.into());
    parts.push(&JsValue::from_str(&error.internal_message));
    parts.push(&JsValue::from_str(error.status.as_str()));
    parts.push(
        &error
            .request_id()
            .map_or(JsValue::UNDEFINED, JsValue::from_str),
    );
    parts.into()
}
