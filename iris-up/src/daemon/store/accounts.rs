//! The users of apps, by their numbers: each app has its own, for as long as there are any.

use crate::name::AppName;
use rusqlite::{Error, OptionalExtension, Transaction};

/// How many there are.
const COUNT: u32 = 30_000;

/// The first number of a registry is drawn from so many, so that two daemons on a host rarely have the same users.
const FIRST: u32 = 20_000;

/// The number of an app, which is given one where it has none.
pub(super) fn number(transaction: &Transaction<'_>, name: &AppName) -> Result<u32, Error> {
    let had = transaction
        .query_row(
            "SELECT number FROM account WHERE name = ?1",
            [name.as_str()],
            |row| row.get(0),
        )
        .optional()?;
    if let Some(number) = had {
        return Ok(number);
    }
    let next: u32 = transaction.query_row(
        "SELECT coalesce(max(number) + 1, 1 + abs(random() % ?1)) FROM account",
        [FIRST],
        |row| row.get(0),
    )?;
    let number = match next < COUNT {
        true => next,
        false => free(transaction)?,
    };
    transaction.execute(
        "INSERT INTO account (name, number) VALUES (?1, ?2)",
        (name.as_str(), number),
    )?;
    Ok(number)
}

/// The lowest number that no app has, once those of apps that are gone are given back.
fn free(transaction: &Transaction<'_>) -> Result<u32, Error> {
    transaction.execute(
        "DELETE FROM account WHERE name NOT IN (SELECT name FROM version)",
        (),
    )?;
    // 0 is nobody's.
    transaction.query_row(
        "SELECT min(number) + 1 FROM (SELECT 0 AS number UNION ALL SELECT number FROM account)
         WHERE number + 1 NOT IN (SELECT number FROM account)",
        (),
        |row| row.get(0),
    )
}
