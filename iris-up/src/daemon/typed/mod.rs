//! What a server has to call, asked by gRPC's reflection protocol: so that the box can hand calls to it by their services.
//!
//! Only servers are asked whose executable says that they can be: others would see a request that they cannot read.

mod descriptors;
mod wire;

pub(crate) use descriptors::Descriptors;

use memchr::memmem::Finder;
use std::fs::File;
use std::io::{self, Read};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::time::timeout;

/// The services that answer, the newer first (grpc/reflection/v1, v1alpha).
const SERVICES: [&str; 2] = [
    "grpc.reflection.v1.ServerReflection",
    "grpc.reflection.v1alpha.ServerReflection",
];

/// What an executable has in it that serves one of them.
const NAME: &[u8] = b"grpc.reflection.v1";

/// How long a server may take to say what it has.
const PATIENCE: Duration = Duration::from_secs(2);

/// How much of an executable is read at once.
const PIECE: usize = 64 * 1024;

/// Whether a server of this executable can be asked.
pub(crate) async fn can_be_asked(program: &Path) -> bool {
    let program: PathBuf = program.to_owned();
    let looked = tokio::task::spawn_blocking(move || has_the_name(&program));
    matches!(looked.await, Ok(Ok(true)))
}

/// What the server there has to call; nothing where it does not say.
pub(crate) async fn ask(address: SocketAddr) -> Descriptors {
    for service in SERVICES {
        match timeout(PATIENCE, wire::ask(address, service)).await {
            Ok(Ok(descriptors)) => return descriptors,
            Ok(Err(error)) => {
                tracing::debug!(%address, service, %error, "what it serves is not known");
            }
            Err(_) => break,
        }
    }
    Descriptors::default()
}

fn has_the_name(path: &Path) -> io::Result<bool> {
    let finder = Finder::new(NAME);
    let mut file = File::open(path)?;
    let mut window = Vec::with_capacity(2 * PIECE);
    loop {
        let before = window.len();
        window.resize(before + PIECE, 0);
        let read = file.read(&mut window[before..])?;
        window.truncate(before + read);
        if finder.find(&window).is_some() {
            return Ok(true);
        }
        if read == 0 {
            return Ok(false);
        }
        // It may be cut between two pieces.
        let done = window.len().saturating_sub(NAME.len() - 1);
        window.drain(..done);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_wherever_it_is_cut() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("program");
        for before in [0, PIECE - 1, PIECE - NAME.len() + 1, 3 * PIECE - 5] {
            let mut content = vec![b'g'; before];
            content.extend_from_slice(NAME);
            content.extend_from_slice(b"alpha and more");
            std::fs::write(&path, &content).unwrap();
            assert!(has_the_name(&path).unwrap(), "{before}");
            content.truncate(before + NAME.len() - 1);
            std::fs::write(&path, &content).unwrap();
            assert!(!has_the_name(&path).unwrap(), "{before}");
        }
    }
}
