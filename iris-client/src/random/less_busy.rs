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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_busiest_of_many_is_never_chosen_and_the_others_share() {
        let load = [3, 9, 0, 5, 1];
        let mut chosen = [0; 5];
        for _ in 0..2_000 {
            let one = less_busy(&[0, 1, 2, 3, 4], |_| true, |&one| load[one]);
            chosen[*one.unwrap()] += 1;
        }
        // Of ten pairs as many have it as there are busier ones.
        let [third, busiest, idle, fourth, second] = chosen;
        assert_eq!(busiest, 0);
        assert!(
            idle > second && second > third && third > fourth,
            "{chosen:?}"
        );
        assert!(fourth > 100 && idle < 1_000, "{chosen:?}");
    }

    #[test]
    fn whoever_is_not_meant_is_not_chosen_and_one_alone_is() {
        let choose = |meant: &[usize]| {
            let one = less_busy(&[0, 1, 2], |one| meant.contains(one), |&one| one);
            one.copied()
        };
        assert_eq!(choose(&[]), None);
        assert_eq!(choose(&[2]), Some(2));
        assert!((0..100).all(|_| choose(&[1, 2]) == Some(1)));
    }
}
