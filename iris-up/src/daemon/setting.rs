//! One value of an app's settings: as it is told, as it is usual, or refused.

use prost_types::Duration as Told;
use std::time::Duration;

/// A time from `least` to the second of `usual_and_most`; the first where none is told.
///
/// # Errors
///
/// What is wrong with it, for people.
pub(super) fn time(
    name: &str,
    told: Option<Told>,
    (usual, most): (Duration, Duration),
    least: Duration,
) -> Result<Duration, String> {
    let Some(told) = told else { return Ok(usual) };
    let time = Duration::try_from(told).ok();
    let fits = time.filter(|time| (least..=most).contains(time));
    fits.ok_or_else(|| format!("{name} is from {least:?} to {} s", most.as_secs()))
}

/// A number up to the second of `usual_and_most`; the first where it is 0, which says that none is told.
///
/// # Errors
///
/// What is wrong with it, for people.
pub(super) fn number(name: &str, told: u32, (usual, most): (u32, u32)) -> Result<u32, String> {
    match told {
        0 => Ok(usual),
        told if told <= most => Ok(told),
        _ => Err(format!("{name} is at most {most}")),
    }
}
