//! Variables that were pushed with a version of an app.

use super::Record;
use crate::name::AppName;
use rusqlite::{Connection, Error, Transaction, params};
use std::collections::BTreeMap;
use std::fmt;

/// Names and values, in the order of the names. The values are in no log.
#[derive(Clone, Default, PartialEq)]
pub(crate) struct Variables(Vec<(String, String)>);

impl Variables {
    /// Those that were pushed.
    ///
    /// # Errors
    ///
    /// Where one cannot be in an environment.
    pub(crate) fn new(
        pushed: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Variables, String> {
        let mut variables: Vec<_> = pushed.into_iter().collect();
        variables.sort_unstable();
        let wrong = |(name, value): &&(String, String)| {
            name.is_empty() || name.contains(['=', '\0']) || value.contains('\0')
        };
        match variables.iter().find(wrong) {
            Some((name, _)) => Err(format!(
                "{name:?} is no name for a variable, or its value has a zero"
            )),
            None => Ok(Variables(variables)),
        }
    }

    /// With some set, which may be there already, and others taken away.
    ///
    /// # Errors
    ///
    /// Where one cannot be in an environment, or one that is to be taken away is not there.
    pub(crate) fn changed(
        self,
        set: impl IntoIterator<Item = (String, String)>,
        unset: &[String],
    ) -> Result<Variables, String> {
        let mut all: BTreeMap<_, _> = self.0.into_iter().collect();
        for name in unset {
            let was_there = all.remove(name);
            was_there.ok_or_else(|| format!("there is no variable {name:?} to take away"))?;
        }
        all.extend(set);
        Variables::new(all)
    }

    pub(crate) fn names(&self) -> Vec<String> {
        self.0.iter().map(|(name, _)| name.clone()).collect()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let variables = self.0.iter();
        variables.map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

impl fmt::Debug for Variables {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self.names()).finish()
    }
}

/// Keeps those of a version.
pub(super) fn keep(
    transaction: &Transaction<'_>,
    name: &AppName,
    version: i64,
    variables: &Variables,
) -> Result<(), Error> {
    for (variable, value) in variables.iter() {
        transaction.execute(
            "INSERT INTO variable (name, version, variable, value) VALUES (?1, ?2, ?3, ?4)",
            params![name.as_str(), version, variable, value],
        )?;
    }
    Ok(())
}

/// A version with its own.
pub(super) fn added(connection: &Connection, mut record: Record) -> Result<Record, Error> {
    if record.release.settings.variables.is_empty() {
        return Ok(record);
    }
    let mut statement = connection.prepare(
        "SELECT variable, value FROM variable WHERE name = ?1 AND version = ?2 ORDER BY variable",
    )?;
    let version = record.version.cast_signed();
    let variables = statement.query_map(params![record.name.as_str(), version], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?;
    record.release.environment = Variables(variables.collect::<Result<_, _>>()?);
    Ok(record)
}
