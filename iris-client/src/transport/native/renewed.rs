//! A client's certificate in files, which whoever renews it writes anew.

use super::tls::{certificates, private_key};
use rustls::SignatureScheme;
use rustls::client::ResolvesClientCert;
use rustls::crypto::CryptoProvider;
use rustls::sign::CertifiedKey;
use std::fmt;
use std::fs;
use std::hash::{BuildHasher, RandomState};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// The certificate of two files, read anew for each connection: they are small, and few connections are made.
pub(super) struct Renewed {
    files: Files,
    provider: Arc<CryptoProvider>,
    /// What is in them is not kept for comparison, since one is a key: its keyed hash is.
    hasher: RandomState,
    loaded: Mutex<Loaded>,
}

/// Where the chain is, and the key.
#[derive(Clone, Debug)]
pub(super) struct Files {
    pub(super) chain: PathBuf,
    pub(super) key: PathBuf,
}

struct Loaded {
    hash: u64,
    certified: Arc<CertifiedKey>,
}

impl Renewed {
    /// # Errors
    ///
    /// Why what is in the files cannot be used, for people.
    pub(super) fn new(files: Files, provider: Arc<CryptoProvider>) -> Result<Self, String> {
        let contents = files.read()?;
        let certified = contents.certified(&provider)?;
        let hasher = RandomState::new();
        let hash = hasher.hash_one(&contents);
        Ok(Renewed {
            files,
            provider,
            hasher,
            loaded: Mutex::new(Loaded {
                hash,
                certified: Arc::new(certified),
            }),
        })
    }

    /// What is in the files now. What was there before stays where that cannot be used: one of the two may be written only.
    fn now(&self) -> Arc<CertifiedKey> {
        let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        if let Ok(contents) = self.files.read() {
            let hash = self.hasher.hash_one(&contents);
            if hash != loaded.hash
                && let Ok(certified) = contents.certified(&self.provider)
            {
                let certified = Arc::new(certified);
                *loaded = Loaded { hash, certified };
            }
        }
        loaded.certified.clone()
    }
}

impl ResolvesClientCert for Renewed {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        Some(self.now())
    }

    fn has_certs(&self) -> bool {
        true
    }
}

impl fmt::Debug for Renewed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.files.fmt(formatter)
    }
}

/// What is in both files.
#[derive(Hash)]
struct Contents {
    chain: Vec<u8>,
    key: Vec<u8>,
}

impl Files {
    fn read(&self) -> Result<Contents, String> {
        let read = |path: &Path| {
            fs::read(path).map_err(|error| format!("{} cannot be read: {error}", path.display()))
        };
        Ok(Contents {
            chain: read(&self.chain)?,
            key: read(&self.key)?,
        })
    }
}

impl Contents {
    fn certified(&self, provider: &CryptoProvider) -> Result<CertifiedKey, String> {
        let chain = certificates(&self.chain)?;
        let key = private_key(&self.key).map_err(|why| format!("its private key: {why}"))?;
        CertifiedKey::from_der(chain, key, provider).map_err(|error| error.to_string())
    }
}
