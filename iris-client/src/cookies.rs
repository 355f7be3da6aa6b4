//! Cookies that a client keeps from one call to the next.

use cookie_store::{Cookie, CookieStore};
use http::header::{COOKIE, SET_COOKIE};
use http::{HeaderMap, HeaderValue, Uri};
use std::sync::{Mutex, MutexGuard, PoisonError};
use url::Url;

/// How many cookies are kept (RFC 6265, section 6.1: "At least 50 cookies per domain"). More would only make requests
/// that no server reads: their heads are limited to 8 or 16 KiB mostly.
const MOST_COOKIES: usize = 50;

/// The longest cookie that is kept, with its attributes, in bytes (the same: "At least 4096 bytes per cookie").
const LONGEST: usize = 8 * 1024;

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

    /// Keeps what the server set. A cookie that cannot be read, is for another host, is too long or one too many is
    /// passed over.
    pub(crate) fn keep(&self, uri: &Uri, headers: &HeaderMap) {
        if !headers.contains_key(SET_COOKIE) {
            return;
        }
        let Ok(url) = Url::parse(&uri.to_string()) else {
            return;
        };
        let mut store = self.lock();
        let lines = headers.get_all(SET_COOKIE).iter();
        for line in lines.filter(|line| line.len() <= LONGEST) {
            if let Ok(line) = line.to_str()
                && let Ok(cookie) = Cookie::parse(line.to_owned(), &url)
                && has_room(&mut store, &cookie)
            {
                // What is for another host is not stored.
                let _ = store.insert(cookie, &url);
            }
        }
    }

    /// A panic elsewhere leaves the store as good as it was.
    fn lock(&self) -> MutexGuard<'_, CookieStore> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether the cookie is there already, or one more may be.
fn has_room(store: &mut CookieStore, cookie: &Cookie<'_>) -> bool {
    let is_known = |store: &CookieStore| {
        let (domain, path) = (String::from(&cookie.domain), String::from(&cookie.path));
        store.contains_any(&domain, &path, cookie.name())
    };
    if store.iter_any().count() < MOST_COOKIES || is_known(store) {
        return true;
    }
    let expired = store.iter_any().filter(|cookie| cookie.is_expired());
    let expired: Vec<_> = expired.cloned().collect();
    for cookie in expired {
        let (domain, path) = (String::from(&cookie.domain), String::from(&cookie.path));
        store.remove(&domain, &path, cookie.name());
    }
    store.iter_any().count() < MOST_COOKIES
}
