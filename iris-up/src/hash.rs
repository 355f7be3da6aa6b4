//! What artifacts are known by.

use sha2::{Digest, Sha256};
use std::error::Error;
use std::fmt;
use std::io;
use tokio::fs::File;
use tokio::io::AsyncReadExt;

/// How many bytes of a file are read at once.
const PIECE: usize = 64 * 1024;

/// A SHA-256, in 64 lower-case hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Hash(String);

impl Hash {
    /// The hash that is written so, in digits of either case.
    pub(crate) fn parse(text: &str) -> Result<Hash, InvalidHash> {
        match text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            true => Ok(Hash(text.to_ascii_lowercase())),
            false => Err(InvalidHash(text.to_owned())),
        }
    }

    /// Of what was digested.
    pub(crate) fn of(digest: Sha256) -> Hash {
        let digits = digest.finalize();
        Hash(digits.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// What is no hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidHash(String);

impl fmt::Display for InvalidHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{:?} is no SHA-256 in 64 hexadecimal digits",
            self.0
        )
    }
}

impl Error for InvalidHash {}

impl fmt::Display for Hash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Of what is left of a file, at whose end it is then.
pub(crate) async fn digest(file: &mut File) -> io::Result<Sha256> {
    let mut digest = Sha256::new();
    let mut piece = vec![0; PIECE];
    loop {
        match file.read(&mut piece).await? {
            0 => return Ok(digest),
            read => digest.update(&piece[..read]),
        }
    }
}
