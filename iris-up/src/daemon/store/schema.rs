//! The tables of the registry, and how a registry of an earlier version is brought up to date.

use rusqlite::{Connection, Error};
use std::time::Duration;

/// Each brings a registry from the version that is its index to the next one. What stands here is never changed.
const STEPS: [&str; 2] = [
    "
    CREATE TABLE version (
        name TEXT NOT NULL,
        version INTEGER NOT NULL,
        kind INTEGER NOT NULL,
        artifact TEXT NOT NULL,
        settings BLOB NOT NULL,
        pushed INTEGER NOT NULL,
        PRIMARY KEY (name, version)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE app (
        name TEXT NOT NULL PRIMARY KEY,
        version INTEGER NOT NULL,
        wanted INTEGER NOT NULL,
        FOREIGN KEY (name, version) REFERENCES version
    ) STRICT, WITHOUT ROWID;
",
    "
    -- Whether a version was ever gone over to. Those that are there were, as far as is known.
    ALTER TABLE version ADD COLUMN ran INTEGER NOT NULL DEFAULT 1;

    -- A version that is tried beside the one that runs, and how much of what comes it gets, in percent.
    ALTER TABLE app ADD COLUMN tried INTEGER;
    ALTER TABLE app ADD COLUMN percent INTEGER NOT NULL DEFAULT 0;

    -- Which app is called by which service: the first that served it.
    CREATE TABLE service (
        service TEXT NOT NULL PRIMARY KEY,
        name TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE user (
        name TEXT NOT NULL PRIMARY KEY,
        hash TEXT NOT NULL,
        changed INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE token (
        id TEXT NOT NULL PRIMARY KEY,
        secret BLOB NOT NULL,
        name TEXT NOT NULL,
        scopes TEXT NOT NULL,
        apps TEXT NOT NULL,
        created INTEGER NOT NULL,
        expires INTEGER
    ) STRICT, WITHOUT ROWID;

    -- Events that nobody waits for. Times are milliseconds since 1970.
    CREATE TABLE event (
        id TEXT NOT NULL PRIMARY KEY,
        name TEXT NOT NULL,
        payload BLOB NOT NULL,
        client_context TEXT,
        created INTEGER NOT NULL,
        due INTEGER NOT NULL,
        -- How often the function had it and failed, and how often no function could be given it.
        attempts INTEGER NOT NULL,
        refusals INTEGER NOT NULL,
        -- Why it failed the last time.
        error_type TEXT NOT NULL,
        error_message TEXT NOT NULL,
        dead INTEGER NOT NULL
    ) STRICT;

    CREATE INDEX event_by_name ON event (name, dead, due);

    -- The user of each app, counted from the first one. It stays the app's when that is removed: files may be left.
    CREATE TABLE account (
        name TEXT NOT NULL PRIMARY KEY,
        number INTEGER NOT NULL UNIQUE
    ) STRICT, WITHOUT ROWID;

    INSERT INTO account (name, number)
    SELECT name, row_number() OVER (ORDER BY name) FROM (SELECT DISTINCT name FROM version);

    CREATE TABLE variable (
        name TEXT NOT NULL,
        version INTEGER NOT NULL,
        variable TEXT NOT NULL,
        value TEXT NOT NULL,
        PRIMARY KEY (name, version, variable)
    ) STRICT, WITHOUT ROWID;
",
];

/// Makes a connection fit for use: what is committed is on the disk, and nobody else writes.
pub(super) fn prepare(connection: &mut Connection) -> Result<(), Error> {
    // Another daemon that is about to end has so long.
    connection.busy_timeout(Duration::from_secs(2))?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "locking_mode", "exclusive")?;
    let transaction = connection.transaction()?;
    let version: i64 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    for (step, next) in STEPS
        .iter()
        .zip(1_i64..)
        .skip_while(|(_, next)| *next <= version)
    {
        transaction.execute_batch(step)?;
        transaction.pragma_update(None, "user_version", next)?;
    }
    transaction.commit()?;
    connection.pragma_update(None, "foreign_keys", true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_registry_of_the_first_version_gives_each_app_a_user() {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(STEPS[0]).unwrap();
        connection.pragma_update(None, "user_version", 1).unwrap();
        for (name, version) in [("b", 1), ("a", 1), ("b", 2)] {
            let insert = "INSERT INTO version VALUES (?1, ?2, 1, 'hash', x'', 0)";
            connection.execute(insert, (name, version)).unwrap();
        }
        prepare(&mut connection).unwrap();
        let accounts = connection.prepare("SELECT name, number FROM account ORDER BY number");
        let mut accounts = accounts.unwrap();
        let accounts = accounts.query_map((), |row| Ok((row.get(0)?, row.get(1)?)));
        let accounts: Vec<(String, u32)> = accounts.unwrap().map(Result::unwrap).collect();
        assert_eq!(accounts, [("a".to_owned(), 1), ("b".to_owned(), 2)]);
    }
}
