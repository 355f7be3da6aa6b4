//! Why nothing was generated: every problem found, each with its place.

use crate::schema::Place;
use std::fmt;
use std::path::PathBuf;

/// Why nothing was generated.
///
/// Prints every problem found, one to a paragraph, as `file:line:column: what is wrong; what to do`. [`Debug`] prints the
/// same, because that is what cargo shows of a `main` in build.rs that returns it.
pub struct Error {
    problems: Vec<Problem>,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Problem {
    file: Option<PathBuf>,
    line: Option<usize>,
    column: Option<usize>,
    text: String,
}

/// Collects problems, so that a user mends them in one go.
#[derive(Debug, Default)]
pub(crate) struct Problems(Vec<Problem>);

impl Error {
    /// The problems, each as it is printed.
    pub fn problems(&self) -> impl Iterator<Item = String> {
        self.problems.iter().map(Problem::to_string)
    }
}

impl Problem {
    /// Something that is wrong at no place in particular.
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Problem {
            file: None,
            line: None,
            column: None,
            text: text.into(),
        }
    }

    /// The same at a line of the user's source.
    pub(crate) fn at(place: &Place, text: impl Into<String>) -> Self {
        Problem {
            line: Some(place.line),
            ..Problem::in_file(&place.file, text)
        }
    }

    /// The same in a file as a whole.
    pub(crate) fn in_file(file: impl Into<PathBuf>, text: impl Into<String>) -> Self {
        Problem {
            file: Some(file.into()),
            ..Problem::new(text)
        }
    }

    /// The same with a column, counted from 1.
    pub(crate) fn at_column(mut self, column: usize) -> Self {
        self.column = Some(column);
        self
    }
}

impl Problems {
    pub(crate) fn add(&mut self, problem: Problem) {
        // A file that several others import fails once for each of them.
        if !self.0.contains(&problem) {
            self.0.push(problem);
        }
    }

    /// The value of a fallible step, or `None` with its problem recorded.
    pub(crate) fn ok<T>(&mut self, result: Result<T, Problem>) -> Option<T> {
        result.map_err(|problem| self.add(problem)).ok()
    }

    /// The error, where there was a problem.
    pub(crate) fn finish(mut self) -> Result<(), Error> {
        if self.0.is_empty() {
            return Ok(());
        }
        self.0.sort();
        Err(Error { problems: self.0 })
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Error {
            problems: vec![problem],
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(file) = &self.file {
            write!(formatter, "{}", file.display())?;
            if let Some(line) = self.line {
                write!(formatter, ":{line}")?;
                if let Some(column) = self.column {
                    write!(formatter, ":{column}")?;
                }
            }
            formatter.write_str(": ")?;
        }
        formatter.write_str(&self.text)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let [only] = &self.problems[..] {
            return write!(formatter, "iris-build: {only}");
        }
        write!(formatter, "iris-build: {} problems", self.problems.len())?;
        for problem in &self.problems {
            write!(formatter, "\n\n{problem}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl std::error::Error for Error {}
