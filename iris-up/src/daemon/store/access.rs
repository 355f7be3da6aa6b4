//! Who may call: users and tokens in the registry. Nothing of it lets anybody in who reads it.

use super::Store;
use crate::daemon::Failure;
use crate::daemon::access::Hashed;
use rusqlite::{Row, params};

/// A user as it is kept.
#[derive(Debug, Clone)]
pub(crate) struct UserRecord {
    pub(crate) name: String,
    pub(crate) hashed: Hashed,
    /// In seconds since 1970.
    pub(crate) changed: i64,
}

/// A token as it is kept.
#[derive(Debug, Clone)]
pub(crate) struct TokenRecord {
    pub(crate) id: String,
    /// The SHA-256 of its secret.
    pub(crate) secret: [u8; 32],
    pub(crate) name: String,
    /// As they are numbered in the API: one that is not known here is kept.
    pub(crate) scopes: Vec<i32>,
    pub(crate) apps: Vec<String>,
    /// Both in seconds since 1970.
    pub(crate) created: i64,
    pub(crate) expires: Option<i64>,
}

impl Store {
    /// All users.
    pub(crate) async fn users(&self) -> Result<Vec<UserRecord>, Failure> {
        self.run("reading the users", |connection| {
            let mut statement = connection.prepare("SELECT name, hash, changed FROM user")?;
            let users = statement.query_map((), |row| {
                let hash: String = row.get(1)?;
                Ok(UserRecord {
                    name: row.get(0)?,
                    hashed: Hashed::parse(&hash).ok_or(rusqlite::Error::InvalidQuery)?,
                    changed: row.get(2)?,
                })
            })?;
            users.collect()
        })
        .await
    }

    /// Keeps a user, instead of one of the same name.
    pub(crate) async fn set_user(
        &self,
        name: String,
        hashed: Hashed,
    ) -> Result<UserRecord, Failure> {
        self.run("keeping a user", |connection| {
            let changed = connection.query_row(
                "INSERT INTO user (name, hash, changed) VALUES (?1, ?2, unixepoch())
                 ON CONFLICT (name) DO UPDATE SET hash = excluded.hash, changed = excluded.changed
                 RETURNING changed",
                params![name, hashed.as_str()],
                |row| row.get(0),
            )?;
            Ok(UserRecord {
                name,
                hashed,
                changed,
            })
        })
        .await
    }

    /// Gives a user another hash of the same password, where it is still that one; `None` where it is not.
    pub(crate) async fn renew_user(
        &self,
        user: &UserRecord,
        hashed: Hashed,
    ) -> Result<Option<UserRecord>, Failure> {
        let user = user.clone();
        self.run("keeping a user", move |connection| {
            let changed = connection.execute(
                "UPDATE user SET hash = ?3 WHERE name = ?1 AND hash = ?2",
                params![user.name, user.hashed.as_str(), hashed.as_str()],
            )?;
            Ok((changed > 0).then_some(UserRecord { hashed, ..user }))
        })
        .await
    }

    /// Forgets a user.
    pub(crate) async fn remove_user(&self, name: String) -> Result<(), Failure> {
        self.run("removing a user", move |connection| {
            connection.execute("DELETE FROM user WHERE name = ?1", [name])?;
            Ok(())
        })
        .await
    }

    /// All tokens.
    pub(crate) async fn tokens(&self) -> Result<Vec<TokenRecord>, Failure> {
        self.run("reading the tokens", |connection| {
            let mut statement = connection
                .prepare("SELECT id, secret, name, scopes, apps, created, expires FROM token")?;
            let tokens = statement.query_map((), token)?;
            tokens.collect()
        })
        .await
    }

    /// Keeps a token.
    pub(crate) async fn add_token(&self, token: TokenRecord) -> Result<(), Failure> {
        self.run("keeping a token", move |connection| {
            let scopes: Vec<String> = token.scopes.iter().map(ToString::to_string).collect();
            connection.execute(
                "INSERT INTO token (id, secret, name, scopes, apps, created, expires)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                params![
                    token.id,
                    token.secret,
                    token.name,
                    scopes.join(" "),
                    token.apps.join(" "),
                    token.created,
                    token.expires,
                ],
            )?;
            Ok(())
        })
        .await
    }

    /// Forgets a token.
    pub(crate) async fn remove_token(&self, id: String) -> Result<(), Failure> {
        self.run("removing a token", move |connection| {
            connection.execute("DELETE FROM token WHERE id = ?1", [id])?;
            Ok(())
        })
        .await
    }
}

fn token(row: &Row<'_>) -> rusqlite::Result<TokenRecord> {
    let words = |index| {
        let text: String = row.get(index)?;
        let words = text.split_ascii_whitespace().map(str::to_owned);
        Ok::<Vec<String>, rusqlite::Error>(words.collect())
    };
    let scopes = words(3)?;
    Ok(TokenRecord {
        id: row.get(0)?,
        secret: row.get(1)?,
        name: row.get(2)?,
        scopes: scopes
            .iter()
            .filter_map(|scope| scope.parse().ok())
            .collect(),
        apps: words(4)?,
        created: row.get(5)?,
        expires: row.get(6)?,
    })
}
