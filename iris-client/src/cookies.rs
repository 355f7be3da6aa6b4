//! Cookies that a client keeps from one call to the next.

use cookie_store::{CookieStore, RawCookie};
use http::header::{COOKIE, SET_COOKIE};
use http::{HeaderMap, HeaderValue, Uri};
use std::sync::{Mutex, MutexGuard, PoisonError};
use url::Url;

/// The cookies of a client and its clones (RFC 6265), gone with the last of them.
#[derive(Debug, Default)]
pub(crate) struct Cookies(Mutex<CookieStore>);

impl Cookies {
    /// Adds the cookies for this address, beside those the caller set.
    pub(crate) fn attach(&self, uri: &Uri, headers: &mut HeaderMap) {
        let Ok(url) = Url::parse(&uri.to_string()) else {
            return;
        };
        let mut text = String::new();
        for own in headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|own| own.to_str().ok())
        {
            if !text.is_empty() {
                text.push_str("; ");
            }
            text.push_str(own);
        }
        for (name, value) in self.lock().get_request_values(&url) {
            if !text.is_empty() {
                text.push_str("; ");
            }
            text.extend([name, "=", value]);
        }
        if !text.is_empty()
            && let Ok(value) = HeaderValue::try_from(text)
        {
            headers.insert(COOKIE, value);
        }
    }

    /// Keeps what the server set. A cookie that cannot be read or is for another host is passed over.
    pub(crate) fn keep(&self, uri: &Uri, headers: &HeaderMap) {
        if !headers.contains_key(SET_COOKIE) {
            return;
        }
        let Ok(url) = Url::parse(&uri.to_string()) else {
            return;
        };
        let cookies = headers
            .get_all(SET_COOKIE)
            .iter()
            .filter_map(|value| RawCookie::parse(value.to_str().ok()?.to_owned()).ok());
        self.lock().store_response_cookies(cookies, &url);
    }

    /// A panic elsewhere leaves the store as good as it was.
    fn lock(&self) -> MutexGuard<'_, CookieStore> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
