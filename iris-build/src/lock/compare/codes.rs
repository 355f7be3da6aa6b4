//! Error codes.

use super::{Places, broken};
use crate::lock::callers::{Callers, Fate};
use crate::lock::error::Problem;
use crate::lock::live::Live;

const CODE: &str = "code that names the error";

pub(super) fn compare(old: &Live, new: &Live, places: &Places<'_>, problems: &mut Vec<Problem>) {
    for (number, code) in &old.codes {
        let by_number = new.codes.get(number);
        let by_name = new.codes.iter().find(|(_, now)| now.name == code.name);
        let (now_number, now) = match (by_number, by_name) {
            (Some(now), _) if now.name == code.name => (*number, now),
            (_, Some((now_number, now))) => {
                let who = Callers {
                    binary: Fate::Breaks,
                    json: Fate::Breaks,
                    code: Fate::Works,
                };
                let what = format!(
                    "error code `{}` was {number}, now {now_number}: {}",
                    code.name,
                    who.tell(CODE)
                );
                problems.push(broken(places.code(*now_number), what));
                (*now_number, now)
            }
            (Some(now), None) if code.status != now.status => {
                let what = format!(
                    "error code {number} was `{}` ({}), now `{}` ({}): {}",
                    code.name,
                    code.status,
                    now.name,
                    now.status,
                    Callers::ALL_BREAK.tell(CODE)
                );
                problems.push(broken(places.code(*number), what));
                continue;
            }
            (Some(now), None) => {
                let who = Callers::CODE_BREAKS.tell(CODE);
                let what = format!(
                    "error code {number} was `{}`, now `{}`: {who}",
                    code.name, now.name
                );
                problems.push(broken(places.code(*number), what));
                continue;
            }
            (None, None) => {
                let what = format!(
                    "error code {number} `{}` was removed: breaks {CODE}, and binary and JSON callers that act on {number}",
                    code.name
                );
                problems.push(broken(None, what));
                continue;
            }
        };
        if code.status != now.status {
            let what = format!(
                "error code {number} `{}` had status {}, now {}: breaks callers that act on the status, such as generic clients, proxies and dashboards; callers that match the code still work",
                code.name, code.status, now.status
            );
            problems.push(broken(places.code(now_number), what));
        }
    }
}
