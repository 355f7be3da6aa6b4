//! Joining, signing in and out.

use crate::error::PicnicError;
use crate::messages::picnic::v1::{Credentials, Guest, WhoAmIResponse};
use crate::visit::{COOKIE, Visit};
use iris_core::{Cookie, IrisError, SameSite, remote};

/// The sessions of this server.
#[derive(Debug)]
pub struct Sessions;

/// Who is signed in. The page sees none of the cookie that says so.
#[remote(package = "picnic.v1")]
impl Sessions {
    /// Adds a guest, and signs in.
    #[procedure]
    async fn join(&self, visit: &Visit, guest: Credentials) -> Result<Guest, PicnicError> {
        visit.picnic.guests.join(&guest.name, &guest.password)?;
        open(visit, guest)
    }

    /// Signs in: the answer sets a cookie that later calls are recognised by.
    #[procedure]
    async fn sign_in(&self, visit: &Visit, guest: Credentials) -> Result<Guest, PicnicError> {
        open(visit, guest)
    }

    /// Signs out, if anybody is signed in.
    #[procedure(idempotent = "with_side_effects")]
    async fn sign_out(&self, visit: &Visit) -> Result<(), IrisError> {
        if let Some(key) = visit.request.cookie(COOKIE) {
            visit.picnic.guests.sign_out(&key);
        }
        let mut cookie = cookie(String::new());
        cookie.make_removal();
        visit.request.set_cookie(cookie);
        Ok(())
    }

    /// Who is signed in: a page asks when it is loaded.
    #[procedure(idempotent)]
    async fn who_am_i(&self, visit: &Visit) -> Result<WhoAmIResponse, IrisError> {
        let session = visit.session.as_ref();
        Ok(WhoAmIResponse {
            guest: session.map(|session| Guest {
                name: session.guest.as_str().into(),
            }),
        })
    }
}

fn open(visit: &Visit, guest: Credentials) -> Result<Guest, PicnicError> {
    let key = new_key()?;
    let guests = &visit.picnic.guests;
    guests.sign_in(&guest.name, &guest.password, &key)?;
    visit.request.set_cookie(cookie(key));
    Ok(Guest { name: guest.name })
}

/// No script can read it, and no page of another site can call with it. With TLS add `secure`.
fn cookie(key: String) -> Cookie<'static> {
    Cookie::build((COOKIE, key))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Strict)
        .build()
}

/// 128 bits nobody can guess.
fn new_key() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    Ok(bytes.map(|byte| format!("{byte:02x}")).concat())
}
