//! The remotes, a file each.

pub(crate) mod health;
pub(crate) mod reflection;
pub(crate) mod reflection_alpha;
