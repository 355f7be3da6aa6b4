//! What breaks between the lock and the schema.

mod codes;
mod enums;
mod messages;
mod places;
mod remotes;

pub(super) use places::Places;
pub(super) use remotes::changes as procedure_changes;

use super::error::Problem;
use super::live::Live;

/// Every break. Additions are none.
pub(super) fn breaks(old: &Live, new: &Live, places: &Places<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    remotes::compare(old, new, places, &mut problems);
    messages::compare(old, new, places, &mut problems);
    enums::compare(old, new, places, &mut problems);
    codes::compare(old, new, places, &mut problems);
    problems
}

fn broken(place: Option<String>, what: String) -> Problem {
    Problem {
        place,
        what,
        can_be_accepted: true,
    }
}
