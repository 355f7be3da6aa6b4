//! What the box itself does not do.

use std::error::Error;
use std::fmt;
use std::path::Path;

/// The disk, the registry or the system failed: what was tried, and why it did not work.
#[derive(Debug)]
pub struct Failure {
    what: String,
    cause: Box<dyn Error + Send + Sync>,
}

impl Failure {
    /// `what` was tried.
    pub(crate) fn during(
        what: impl fmt::Display,
        cause: impl Into<Box<dyn Error + Send + Sync>>,
    ) -> Failure {
        Failure {
            what: what.to_string(),
            cause: cause.into(),
        }
    }

    /// The same with a file.
    pub(crate) fn at<E: Into<Box<dyn Error + Send + Sync>>>(path: &Path) -> impl Fn(E) -> Failure {
        move |cause| Failure::during(path.display(), cause)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.what, self.cause)
    }
}

impl Error for Failure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.cause)
    }
}
