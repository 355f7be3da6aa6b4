//! Ports for apps to listen at.

use std::collections::BTreeSet;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Those that processes were told.
static TAKEN: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());

/// How many ports are tried until one is nobody's.
const TRIES: usize = 1_000;

/// A port at which nothing listens, and which is told nobody else for as long as this exists. A program that is none of
/// the daemon's can take it before the app does, which then fails and gets another.
#[derive(Debug)]
pub(crate) struct FreePort(u16);

impl FreePort {
    pub(crate) fn free() -> io::Result<FreePort> {
        for _ in 0..TRIES {
            let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
                .local_addr()?
                .port();
            if taken().insert(port) {
                return Ok(FreePort(port));
            }
        }
        Err(io::Error::other("all ports are taken"))
    }

    pub(crate) fn address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.0).into()
    }
}

impl Drop for FreePort {
    fn drop(&mut self) {
        taken().remove(&self.0);
    }
}

fn taken() -> MutexGuard<'static, BTreeSet<u16>> {
    TAKEN.lock().unwrap_or_else(PoisonError::into_inner)
}
