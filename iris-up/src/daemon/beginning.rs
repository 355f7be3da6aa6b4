//! The beginning of what an app says of itself: it may say megabytes, and that is kept, and told with each list of apps.

/// How much of it there is at most, in bytes.
pub(crate) const LONGEST: usize = 4 * 1024;

/// As many whole characters of a text as there is room for.
pub(crate) fn of(mut text: String) -> String {
    let mut end = LONGEST.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
    text
}
