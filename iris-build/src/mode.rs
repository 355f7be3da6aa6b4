//! What to do with what is printed: the `IRIS_GENERATE` variable.

use crate::error::Problem;

/// The variable that [`Mode`] is read from.
pub(crate) const VARIABLE: &str = "IRIS_GENERATE";

/// What to do with what is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Mode {
    /// Writes the files that changed. `IRIS_GENERATE` is not set.
    #[default]
    Changed,
    /// Writes every file, changed or not. `IRIS_GENERATE=full`.
    ///
    /// Where `.iris-generated` is lost from a folder of generated files, it takes the `.proto`, JSON and binary files that
    /// stand where such are generated for generated ones.
    Full,
    /// Removes what was generated outside `OUT_DIR`, the lock aside, and generates nothing. `IRIS_GENERATE=clean`.
    ///
    /// Cargo cannot load a workspace whose member is gone: a client that is one comes back from version control.
    Clean,
    /// Writes nothing outside `OUT_DIR`; fails if a file would change. `IRIS_GENERATE=check`.
    Check,
}

impl Mode {
    pub(crate) fn from_environment() -> Result<Mode, Problem> {
        match std::env::var(VARIABLE) {
            Ok(value) => Mode::read(&value),
            Err(std::env::VarError::NotPresent) => Ok(Mode::Changed),
            Err(error) => Err(Problem::new(format!("{VARIABLE}: {error}"))),
        }
    }

    fn read(value: &str) -> Result<Mode, Problem> {
        match value {
            "" => Ok(Mode::Changed),
            "full" => Ok(Mode::Full),
            "clean" => Ok(Mode::Clean),
            "check" => Ok(Mode::Check),
            _ => Err(Problem::new(format!(
                "{VARIABLE}={value} is no mode; set it to full, clean or check, or leave it unset to write what changed"
            ))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variable_names_a_mode() {
        assert_eq!(Mode::read(""), Ok(Mode::Changed));
        assert_eq!(Mode::read("full"), Ok(Mode::Full));
        assert_eq!(Mode::read("clean"), Ok(Mode::Clean));
        assert_eq!(Mode::read("check"), Ok(Mode::Check));
    }

    #[test]
    fn an_unknown_mode_is_refused_with_the_known_ones() {
        let problem = Mode::read("fulll").expect_err("no mode");
        assert!(
            problem.to_string().contains("full, clean or check"),
            "{problem}"
        );
    }
}
