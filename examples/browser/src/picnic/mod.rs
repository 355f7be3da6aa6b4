//! The picnic itself: in memory, this is an example. Everything in it is bounded.

pub mod guests;
pub mod list;
pub mod room;

use guests::Guests;
use list::List;
use room::Room;

/// Who comes, what they bring and what they say.
#[derive(Debug, Default)]
pub struct Picnic {
    /// Who comes.
    pub guests: Guests,
    /// What they bring.
    pub list: List,
    /// What they say.
    pub room: Room,
}

impl Picnic {
    /// A picnic that has been thought of: with `ada`, whose password is `lovelace`, and something on the list.
    pub fn planned() -> Self {
        let picnic = Picnic::default();
        let ready = picnic.guests.join("ada", "lovelace").and_then(|()| {
            for thing in ["Blanket", "Lemonade", "Strawberries"] {
                picnic.list.add(thing)?;
            }
            picnic.list.bring(1, "ada", true)
        });
        // None of it is too long, or there twice.
        debug_assert!(ready.is_ok(), "{ready:?}");
        picnic
    }
}

/// Whether a text has as many characters as that, other than spaces around it.
fn fits(text: &str, most: usize) -> bool {
    (1..=most).contains(&text.trim().chars().count())
}
