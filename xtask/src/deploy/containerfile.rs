//! The last stage of a Containerfile, as far as ours goes: what is copied into an empty root, and what is run there.

use crate::failure::{Failure, Outcome};

/// What an image has in it, and what it runs.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Image {
    /// What is copied, and where to.
    pub(super) copied: Vec<(String, String)>,
    pub(super) environment: Vec<(String, String)>,
    pub(super) entrypoint: Vec<String>,
    pub(super) command: Vec<String>,
}

/// Reads the stage that begins with nothing.
pub(super) fn read(text: &str) -> Outcome<Image> {
    let stage = text.split("\nFROM ").last().unwrap_or_default();
    let mut lines = stage.lines();
    let base = lines.next().unwrap_or_default();
    if base.trim() != "scratch" {
        return Err(Failure::new(format!(
            "it begins with {base}, and not with nothing"
        )));
    }
    let mut image = Image::default();
    for line in lines.map(str::trim) {
        let (instruction, rest) = line.split_once(' ').unwrap_or((line, ""));
        let words: Vec<&str> = rest.split_whitespace().collect();
        match (instruction, &words[..]) {
            ("" | "#" | "EXPOSE", _) => {}
            ("COPY", ["--from=build", from, to]) => {
                image.copied.push((from.to_string(), to.to_string()));
            }
            ("ENV", [pair]) if pair.contains('=') => {
                let (name, value) = pair.split_once('=').unwrap_or_default();
                image.environment.push((name.to_owned(), value.to_owned()));
            }
            ("ENTRYPOINT", _) => image.entrypoint = list(rest)?,
            ("CMD", _) => image.command = list(rest)?,
            _ => return Err(Failure::during("this chore does not know", line)),
        }
    }
    match image.entrypoint.is_empty() {
        true => Err(Failure::new("it runs nothing: it has no ENTRYPOINT")),
        false => Ok(image),
    }
}

/// `["a", "b"]`
fn list(text: &str) -> Outcome<Vec<String>> {
    serde_json::from_str(text).map_err(|why| Failure::during(text, why))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_stage_is_read_and_what_is_not_known_is_refused() {
        let text = "# a\nFROM rust AS build\nRUN make\n\nFROM scratch\nCOPY --from=build /a/b /b\n# c\nENV A=1\nEXPOSE 1\n\
                    ENTRYPOINT [\"/b\"]\nCMD [\"serve\", \"x\"]\n";
        let read_of = |pair: (&str, &str)| (pair.0.to_owned(), pair.1.to_owned());
        let expected = Image {
            copied: vec![read_of(("/a/b", "/b"))],
            environment: vec![read_of(("A", "1"))],
            entrypoint: vec!["/b".to_owned()],
            command: vec!["serve".to_owned(), "x".to_owned()],
        };
        assert_eq!(read(text).unwrap(), expected);
        assert!(read(&text.replace("EXPOSE", "USER")).is_err());
        assert!(read(&text.replace("scratch", "debian")).is_err());
    }
}
