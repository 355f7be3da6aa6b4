//! Enums and their values.

use super::{Places, broken};
use crate::lock::callers::{Callers, Fate};
use crate::lock::error::Problem;
use crate::lock::live::{Live, Values};

const CODE: &str = "code that names the value";

pub(super) fn compare(old: &Live, new: &Live, places: &Places<'_>, problems: &mut Vec<Problem>) {
    for (name, values) in &old.enums {
        match new.enums.get(name) {
            Some(now) => {
                for (value, number) in values {
                    if let Some((now_called, change)) = change(value, *number, values, now) {
                        let place = places.value(name, now_called);
                        problems.push(broken(place, format!("{name}: {change}")));
                    }
                }
            }
            // Out of reach, but still there: the field that led to it was reported.
            None if places.declares_enum(name) => {}
            None => problems.push(broken(
                None,
                format!("{name} was removed: breaks code that names the enum"),
            )),
        }
    }
}

/// What is the value called now, and what became of it; `None` where it is as it was.
fn change<'v>(
    name: &'v str,
    number: i32,
    old: &Values,
    new: &'v Values,
) -> Option<(&'v str, String)> {
    if let Some(now) = new.get(name) {
        let who = Callers {
            binary: Fate::Breaks,
            json: Fate::Works,
            code: Fate::Works,
        };
        let who = who.tell(CODE);
        return (*now != number).then(|| {
            (
                name,
                format!("value `{name}` was {number}, now {now}: {who}"),
            )
        });
    }
    let who = Callers {
        binary: Fate::Works,
        json: Fate::Breaks,
        code: Fate::Breaks,
    };
    let same_number = || {
        new.iter()
            .filter(|(_, other)| **other == number)
            .map(|(name, _)| name.as_str())
    };
    if let Some(now) = same_number().find(|other| !old.contains_key(*other)) {
        let who = who.tell(CODE);
        return Some((
            now,
            format!("value {number} was `{name}`, now `{now}`: {who}"),
        ));
    }
    let (who, left) = match same_number().find(|other| old.get(*other) == Some(&number)) {
        Some(left) => (who, format!(", {number} is still `{left}`")),
        None => (Callers::ALL_BREAK, String::new()),
    };
    let change = format!(
        "value {number} `{name}` was removed{left}: {}",
        who.tell(CODE)
    );
    Some((name, change))
}
