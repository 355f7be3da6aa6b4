//! What a daemon keeps: which apps there are, in SQLite, and what they are made of, as files.

pub(crate) mod access;
mod accounts;
pub(crate) mod artifacts;
pub(crate) mod events;
mod kept;
pub(crate) mod room;
mod schema;
pub(crate) mod trees;
mod turns;
pub(crate) mod variables;

use crate::daemon::Failure;
use crate::hash::Hash;
use crate::messages::iris::up::v1::{Kind, Settings};
use crate::name::AppName;
use bytes::BytesMut;
use iris_core::{Format, Message};
use rusqlite::{Connection, Row, params};
use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use variables::Variables;

/// The registry. Each change is there for good when it returns, or did not happen.
#[derive(Debug, Clone)]
pub(crate) struct Store(Arc<Mutex<Connection>>);

/// An app as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Record {
    pub(crate) name: AppName,
    pub(crate) version: u64,
    pub(crate) release: Release,
    /// Whether it is to run when the daemon starts: what was killed is not.
    pub(crate) wanted: bool,
    /// The number of its user, counted from the first one.
    pub(crate) number: u32,
}

impl Record {
    /// Whether it has no process while nobody wants anything of it.
    pub(crate) fn rests(&self) -> bool {
        let Release { kind, settings, .. } = &self.release;
        *kind == Kind::Daemon && settings.idle_timeout.is_some()
    }
}

/// A version that was pushed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Kept {
    pub(crate) record: Record,
    /// In seconds since 1970.
    pub(crate) pushed: i64,
    /// Whether it was ever gone over to.
    pub(crate) ran: bool,
}

/// What a version of an app is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Release {
    pub(crate) kind: Kind,
    pub(crate) artifact: Hash,
    pub(crate) settings: Settings,
    /// Variables for its processes, which nobody else is told.
    pub(crate) environment: Variables,
}

impl Store {
    /// Opens the registry in a folder, which is there.
    pub(crate) async fn open(folder: &Path) -> Result<Store, Failure> {
        let folder = folder.to_owned();
        blocking(move || {
            let file = folder.join("registry.sqlite");
            let mut connection = Connection::open(&file).map_err(Failure::at(&file))?;
            schema::prepare(&mut connection).map_err(Failure::at(&file))?;
            // First versions of which nothing came, since the daemon was killed.
            let left = "DELETE FROM version WHERE name NOT IN (SELECT name FROM app)";
            connection.execute(left, ()).map_err(Failure::at(&file))?;
            let left = "DELETE FROM event WHERE name NOT IN (SELECT name FROM app)";
            connection.execute(left, ()).map_err(Failure::at(&file))?;
            let left = "DELETE FROM variable WHERE (name, version) NOT IN (SELECT name, version FROM version)";
            connection.execute(left, ()).map_err(Failure::at(&file))?;
            Ok(Store(Arc::new(Mutex::new(connection))))
        })
        .await
    }

    /// All apps, by their names.
    pub(crate) async fn apps(&self) -> Result<Vec<Record>, Failure> {
        self.run("reading the apps", |connection| {
            let mut statement = connection.prepare(
                "SELECT app.name, app.version, app.wanted, version.kind, version.artifact, version.settings, account.number
                 FROM app JOIN version ON version.name = app.name AND version.version = app.version
                 JOIN account ON account.name = app.name
                 ORDER BY app.name",
            )?;
            let records = statement.query_map((), record)?;
            let records = records.collect::<rusqlite::Result<Vec<_>>>()?;
            records.into_iter().map(|record| variables::added(connection, record)).collect()
        })
        .await
    }

    /// Keeps a new version of an app, and gives it its number. It is not the one that runs. Of all of them the last so many
    /// are kept, and the one that runs.
    pub(crate) async fn add(
        &self,
        name: &AppName,
        release: &Release,
        kept: u32,
    ) -> Result<Record, Failure> {
        let (name, release) = (name.clone(), release.clone());
        self.run("keeping a version", move |connection| {
            let transaction = connection.transaction()?;
            let last: Option<i64> = transaction.query_row(
                "SELECT max(version) FROM version WHERE name = ?1",
                [name.as_str()],
                |row| row.get(0),
            )?;
            let version = last.unwrap_or_default() + 1;
            transaction.execute(
                "INSERT INTO version (name, version, kind, artifact, settings, pushed, ran)
                 VALUES (?1, ?2, ?3, ?4, ?5, unixepoch(), 0)",
                params![
                    name.as_str(),
                    version,
                    i32::from(release.kind),
                    release.artifact.as_str(),
                    encoded(&release.settings),
                ],
            )?;
            transaction.execute(
                "DELETE FROM version WHERE name = ?1 AND version <= ?2
                 AND NOT EXISTS (SELECT 1 FROM app WHERE app.name = version.name
                                 AND version.version IN (app.version, app.tried))",
                params![name.as_str(), version - i64::from(kept)],
            )?;
            transaction.execute(
                "DELETE FROM variable WHERE name = ?1
                 AND version NOT IN (SELECT version FROM version WHERE name = ?1)",
                [name.as_str()],
            )?;
            variables::keep(&transaction, &name, version, &release.environment)?;
            let number = accounts::number(&transaction, &name)?;
            transaction.commit()?;
            Ok(Record {
                name,
                version: version.unsigned_abs(),
                release,
                wanted: true,
                number,
            })
        })
        .await
    }

    /// The versions of an app, the latest first.
    pub(crate) async fn versions(&self, name: &AppName) -> Result<Vec<Kept>, Failure> {
        let name = name.clone();
        self.run("reading versions", move |connection| {
            let mut statement = connection.prepare(
                "SELECT version.name, version, 1, kind, artifact, settings, number, pushed, ran
                 FROM version JOIN account ON account.name = version.name
                 WHERE version.name = ?1 ORDER BY version DESC",
            )?;
            let versions = statement.query_map([name.as_str()], |row| {
                Ok(Kept {
                    record: record(row)?,
                    pushed: row.get(7)?,
                    ran: row.get(8)?,
                })
            })?;
            let versions = versions.collect::<rusqlite::Result<Vec<_>>>()?.into_iter();
            let added = |kept: Kept| {
                Ok(Kept {
                    record: variables::added(connection, kept.record)?,
                    ..kept
                })
            };
            versions.map(added).collect()
        })
        .await
    }

    /// A version is the one that runs from now on.
    pub(crate) async fn run_version(&self, record: &Record) -> Result<(), Failure> {
        let (name, version) = (record.name.clone(), record.version.cast_signed());
        self.run("keeping which version runs", move |connection| {
            let transaction = connection.transaction()?;
            transaction.execute(
                "INSERT INTO app (name, version, wanted) VALUES (?1, ?2, 1)
                 ON CONFLICT (name) DO UPDATE SET version = excluded.version, wanted = 1, tried = NULL, percent = 0",
                params![name.as_str(), version],
            )?;
            transaction.execute(
                "UPDATE version SET ran = 1 WHERE name = ?1 AND version = ?2",
                params![name.as_str(), version],
            )?;
            transaction.commit()
        })
        .await
    }

    /// A version is tried from now on, and gets so much of what comes; none where it is `None`.
    pub(crate) async fn share(
        &self,
        name: &AppName,
        tried: Option<(u64, u32)>,
    ) -> Result<(), Failure> {
        let name = name.clone();
        let (version, percent) = tried.unzip();
        self.run("keeping which version is tried", move |connection| {
            connection.execute(
                "UPDATE app SET tried = ?2, percent = ?3 WHERE name = ?1",
                params![
                    name.as_str(),
                    version.map(u64::cast_signed),
                    percent.unwrap_or_default(),
                ],
            )?;
            Ok(())
        })
        .await
    }

    /// The versions that are tried, and how much of what comes each gets.
    pub(crate) async fn trials(&self) -> Result<Vec<(Record, u32)>, Failure> {
        self.run("reading what is tried", |connection| {
            let mut statement = connection.prepare(
                "SELECT app.name, app.tried, app.wanted, version.kind, version.artifact, version.settings, number, percent
                 FROM app
                 JOIN version ON version.name = app.name AND version.version = app.tried
                 JOIN account ON account.name = app.name",
            )?;
            let tried = statement.query_map((), |row| Ok((record(row)?, row.get(7)?)))?;
            let tried = tried.collect::<rusqlite::Result<Vec<_>>>()?.into_iter();
            let added = |(record, percent)| Ok((variables::added(connection, record)?, percent));
            tried.map(added).collect()
        })
        .await
    }

    /// An app serves these. Gives which app each service is called by: the first that served it.
    pub(crate) async fn claim(
        &self,
        name: &AppName,
        services: Vec<String>,
    ) -> Result<HashMap<String, AppName>, Failure> {
        let name = name.clone();
        self.run("keeping which app serves what", move |connection| {
            let transaction = connection.transaction()?;
            for service in services {
                transaction.execute(
                    "INSERT OR IGNORE INTO service (service, name)
                     SELECT ?1, ?2 WHERE EXISTS (SELECT 1 FROM app WHERE name = ?2)",
                    params![service, name.as_str()],
                )?;
            }
            let all = claims(&transaction)?;
            transaction.commit()?;
            Ok(all)
        })
        .await
    }

    /// The names of apps that were removed, as far as they are known.
    pub(crate) async fn removed(&self) -> Result<Vec<AppName>, Failure> {
        self.run("reading which apps were removed", |connection| {
            let mut statement = connection
                .prepare("SELECT name FROM account WHERE name NOT IN (SELECT name FROM app)")?;
            let names = statement.query_map((), |row| row.get::<_, String>(0))?;
            let names: Result<Vec<String>, _> = names.collect();
            Ok(names?
                .into_iter()
                .filter_map(|name| AppName::new(name).ok())
                .collect())
        })
        .await
    }

    /// Which app each service is called by.
    pub(crate) async fn claims(&self) -> Result<HashMap<String, AppName>, Failure> {
        self.run("reading which app serves what", |connection| {
            claims(connection)
        })
        .await
    }

    /// The artifacts of all versions that there are.
    pub(crate) async fn artifacts(&self) -> Result<HashSet<String>, Failure> {
        self.run("reading which artifacts are used", |connection| {
            let mut statement = connection.prepare("SELECT DISTINCT artifact FROM version")?;
            let artifacts = statement.query_map((), |row| row.get(0))?;
            artifacts.collect()
        })
        .await
    }

    /// Keeps whether an app is to run.
    pub(crate) async fn want(&self, name: &AppName, wanted: bool) -> Result<(), Failure> {
        let name = name.clone();
        self.run("keeping what is to run", move |connection| {
            connection.execute(
                "UPDATE app SET wanted = ?2 WHERE name = ?1",
                params![name.as_str(), wanted],
            )?;
            Ok(())
        })
        .await
    }

    /// Forgets an app, its versions and the events that wait for it.
    pub(crate) async fn remove(&self, name: &AppName) -> Result<(), Failure> {
        let name = name.clone();
        self.run("removing an app", move |connection| {
            let transaction = connection.transaction()?;
            transaction.execute("DELETE FROM app WHERE name = ?1", [name.as_str()])?;
            transaction.execute("DELETE FROM version WHERE name = ?1", [name.as_str()])?;
            transaction.execute("DELETE FROM event WHERE name = ?1", [name.as_str()])?;
            transaction.execute("DELETE FROM service WHERE name = ?1", [name.as_str()])?;
            transaction.execute("DELETE FROM variable WHERE name = ?1", [name.as_str()])?;
            transaction.commit()
        })
        .await
    }

    /// Something with the connection, on a thread where it may take its time.
    async fn run<T: Send + 'static>(
        &self,
        what: &'static str,
        work: impl FnOnce(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Failure> {
        let connection = self.0.clone();
        blocking(move || {
            // A transaction that was not committed is rolled back, so that a panic leaves nothing half done.
            let mut connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
            work(&mut connection).map_err(|error| Failure::during(what, error))
        })
        .await
    }
}

/// Settings are kept as they are sent, so that those of a later version are not lost on an earlier one.
fn encoded(settings: &Settings) -> Vec<u8> {
    let mut buffer = BytesMut::new();
    // Protobuf's binary encoding has a form for every value.
    let _ = settings.encode(Format::Proto, &mut buffer);
    buffer.into()
}

/// Work that takes its time, on a thread where it may.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(panicked) => Err(Failure::during("work on a thread of its own", panicked)),
    }
}

fn record(row: &Row<'_>) -> rusqlite::Result<Record> {
    let name = AppName::new(row.get::<_, String>(0)?);
    let artifact = Hash::parse(&row.get::<_, String>(4)?);
    let settings = Settings::decode(Format::Proto, row.get::<_, Vec<u8>>(5)?.into());
    Ok(Record {
        name: name.map_err(invalid)?,
        version: row.get::<_, i64>(1)?.unsigned_abs(),
        wanted: row.get(2)?,
        number: row.get(6)?,
        release: Release {
            // One of a later version of the daemon cannot be run by this one.
            kind: Kind::try_from(row.get::<_, i32>(3)?).map_err(invalid)?,
            artifact: artifact.map_err(invalid)?,
            settings: settings.map_err(invalid)?,
            environment: Variables::default(),
        },
    })
}

fn claims(connection: &Connection) -> rusqlite::Result<HashMap<String, AppName>> {
    let mut statement = connection.prepare("SELECT service, name FROM service")?;
    let claims = statement.query_map((), |row| {
        let name = AppName::new(row.get::<_, String>(1)?);
        Ok((row.get(0)?, name.map_err(invalid)?))
    })?;
    claims.collect()
}

/// What stands in the registry and was not written by a daemon.
fn invalid(error: impl std::error::Error + Send + Sync + 'static) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Null, Box::new(error))
}
