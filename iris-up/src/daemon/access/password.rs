//! Hashes of passwords: argon2id for new ones, bcrypt as other programs made them.

use crate::daemon::Failure;
use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};

/// What a password is known by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hashed(String);

impl Hashed {
    /// Of a password, by argon2id with what its crate recommends (19 MiB, two passes). It takes tens of milliseconds.
    pub(super) fn of(password: &str) -> Result<Hashed, Failure> {
        let hashed = Argon2::default().hash_password(password.as_bytes());
        let hashed =
            hashed.map_err(|error| Failure::during("hashing a password", error.to_string()));
        Ok(Hashed(hashed?.to_string()))
    }

    /// One that was made elsewhere; `None` where it is of no kind that can be verified.
    pub(crate) fn parse(text: &str) -> Option<Hashed> {
        let hashed = Hashed(text.to_owned());
        let known = match hashed.is_bcrypt() {
            true => text.parse::<bcrypt::HashParts>().is_ok(),
            false => PasswordHash::new(text).is_ok() && text.starts_with("$argon2"),
        };
        known.then_some(hashed)
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is the password. It takes as long as it took to hash it.
    pub(super) fn verify(&self, password: &str) -> bool {
        match self.is_bcrypt() {
            true => bcrypt::verify(password, &self.0).unwrap_or(false),
            false => PasswordHash::new(&self.0).is_ok_and(|hash| {
                let verified = Argon2::default().verify_password(password.as_bytes(), &hash);
                verified.is_ok()
            }),
        }
    }

    /// Whether a new hash of the same password would be a better one.
    pub(super) fn is_bcrypt(&self) -> bool {
        ["$2a$", "$2b$", "$2y$"]
            .iter()
            .any(|prefix| self.0.starts_with(prefix))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_known_by_their_hashes() {
        let hashed = Hashed::of("correct horse: battery").unwrap();
        assert!(hashed.as_str().starts_with("$argon2id$"));
        assert!(hashed.verify("correct horse: battery"));
        assert!(!hashed.verify("correct horse"));
        assert_ne!(hashed, Hashed::of("correct horse: battery").unwrap());
        assert_eq!(Hashed::parse(hashed.as_str()), Some(hashed));
    }

    #[test]
    fn hashes_of_other_programs_are_verified() {
        let hashed = bcrypt::hash("ada:lovelace", 4).unwrap();
        let hashed = Hashed::parse(&hashed).unwrap();
        assert!(hashed.is_bcrypt() && hashed.verify("ada:lovelace") && !hashed.verify("ada"));
        for unknown in ["", "secret", "$2b$", "$1$abc$def", "$argon2id$"] {
            assert_eq!(Hashed::parse(unknown), None, "{unknown}");
        }
    }
}
