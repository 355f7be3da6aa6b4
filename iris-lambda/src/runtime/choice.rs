//! Which handler gets the events.

use crate::failure::Failure;

/// What AWS's own runtimes call it.
const NO_SUCH_HANDLER: &str = "Runtime.NoSuchHandler";

/// The handler that is named, or the only one.
pub(super) fn choose<H>(mut handlers: Vec<(String, H)>, named: &str) -> Result<H, Failure> {
    if let Some(twice) = twice(&handlers) {
        let message = format!("there are two handlers `{twice}`");
        return Err(Failure::new(NO_SUCH_HANDLER, message));
    }
    if handlers.len() == 1 {
        return Ok(handlers.remove(0).1);
    }
    match handlers.iter().position(|(name, _)| name == named) {
        Some(at) => Ok(handlers.swap_remove(at).1),
        None => Err(Failure::new(NO_SUCH_HANDLER, no_such(&handlers, named))),
    }
}

fn twice<H>(handlers: &[(String, H)]) -> Option<&str> {
    let mut names: Vec<&str> = handlers.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    let pair = names.windows(2).find(|pair| pair[0] == pair[1])?;
    Some(pair[0])
}

fn no_such<H>(handlers: &[(String, H)], named: &str) -> String {
    if handlers.is_empty() {
        return "the function has no handlers".to_owned();
    }
    let known: Vec<String> = handlers
        .iter()
        .map(|(name, _)| format!("`{name}`"))
        .collect();
    let known = known.join(", ");
    match named {
        "" => format!("_HANDLER is not set, and has to name one of {known}"),
        named => format!("there is no handler `{named}`: _HANDLER has to name one of {known}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(handlers: &[&str], named: &str) -> Result<String, String> {
        let handlers = handlers
            .iter()
            .map(|name| ((*name).to_owned(), (*name).to_owned()));
        choose(handlers.collect(), named).map_err(|failure| failure.message().to_owned())
    }

    #[test]
    fn the_one_that_is_named_gets_the_events_and_the_only_one_always() {
        assert_eq!(chosen(&["a", "b"], "b"), Ok("b".to_owned()));
        assert_eq!(chosen(&["a"], "bootstrap"), Ok("a".to_owned()));
        assert_eq!(chosen(&["a"], ""), Ok("a".to_owned()));
    }

    #[test]
    fn whoever_names_none_of_several_is_told_which_there_are() {
        let told = chosen(&["a", "b"], "c").unwrap_err();
        assert_eq!(
            told,
            "there is no handler `c`: _HANDLER has to name one of `a`, `b`"
        );
        let told = chosen(&["a", "b"], "").unwrap_err();
        assert_eq!(told, "_HANDLER is not set, and has to name one of `a`, `b`");
        assert_eq!(
            chosen(&[], "a").unwrap_err(),
            "the function has no handlers"
        );
        assert_eq!(
            chosen(&["a", "a"], "a").unwrap_err(),
            "there are two handlers `a`"
        );
    }
}
