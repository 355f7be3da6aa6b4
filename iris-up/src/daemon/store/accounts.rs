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

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::Connection;

    #[test]
    fn numbers_stay_with_names_and_come_again_only_when_there_are_no_others() {
        let mut connection = Connection::open_in_memory().unwrap();
        let tables = "CREATE TABLE account (name TEXT PRIMARY KEY, number INTEGER UNIQUE) STRICT;
                      CREATE TABLE version (name TEXT PRIMARY KEY) STRICT;
                      INSERT INTO version VALUES ('kept'), ('a');
                      INSERT INTO account VALUES ('kept', 1), ('gone', 2);";
        connection.execute_batch(tables).unwrap();
        let transaction = connection.transaction().unwrap();
        let of = |name: &str| number(&transaction, &AppName::new(name).unwrap()).unwrap();
        assert_eq!(of("kept"), 1);
        assert_eq!(of("a"), 3);
        assert_eq!(of("gone"), 2, "its files may be left");
        let last = "INSERT INTO account VALUES ('last', ?1)";
        transaction.execute(last, [COUNT - 1]).unwrap();
        assert_eq!(of("b"), 2, "nobody else's any more");
        assert_eq!(of("kept"), 1);
    }

    #[test]
    fn the_first_number_is_never_nobodys() {
        for _ in 0..100 {
            let mut connection = Connection::open_in_memory().unwrap();
            let tables = "CREATE TABLE account (name TEXT PRIMARY KEY, number INTEGER) STRICT;";
            connection.execute_batch(tables).unwrap();
            let transaction = connection.transaction().unwrap();
            let first = number(&transaction, &AppName::new("a").unwrap()).unwrap();
            assert!((1..=FIRST).contains(&first), "{first}");
        }
    }
}
