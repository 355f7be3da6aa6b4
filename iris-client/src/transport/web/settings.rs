//! Settings that browsers alone have.

/// Whether a browser sends cookies and HTTP authentication with calls, and keeps the cookies of their answers
/// (Fetch, "credentials mode").
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Credentials {
    /// Never.
    Omit,
    /// To the page's own origin.
    #[default]
    SameOrigin,
    /// To other origins too, which have to name this page's (`HttpServer::allow_origins`, not a wildcard).
    Include,
}

impl Credentials {
    /// The word of fetch.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Credentials::Omit => "omit",
            Credentials::SameOrigin => "same-origin",
            Credentials::Include => "include",
        }
    }
}
