//! The choice among what carries calls.

/// A number below `limit`, which must not be 0.
fn below(limit: usize) -> usize {
    (super::any() as u32 as usize) % limit
}

/// The less busy of two random ones, as far as they are `meant` ("The Power of Two Choices in Randomized Load Balancing",
/// Mitzenmacher, 2001). `None` where none is.
pub(crate) fn less_busy<T>(
    all: &[T],
    is_meant: impl Fn(&T) -> bool,
    busy: impl Fn(&T) -> usize,
) -> Option<&T> {
    let meant = || all.iter().filter(|one| is_meant(one));
    let many = meant().count();
    if many < 2 {
        return meant().next();
    }
    let first = below(many);
    let second = (first + 1 + below(many - 1)) % many;
    // Fewer may be meant than a moment ago.
    let first = meant().nth(first).or_else(|| meant().next())?;
    let second = meant().nth(second).unwrap_or(first);
    match busy(second) < busy(first) {
        true => Some(second),
        false => Some(first),
    }
}
