//! What root may do and others may not.

use rustix::fs::{Gid, Uid, fchown};
use rustix::thread::{CapabilitySet, CapabilitySets, set_capabilities};
use std::io;

/// Lets the new user open its own output anew, as `/dev/stderr`: a pipe belongs to who made it.
pub(super) fn give_output_to(user: u32) -> io::Result<()> {
    let (owner, group) = (Some(Uid::from_raw(user)), Some(Gid::from_raw(user)));
    fchown(rustix::stdio::stdout(), owner, group)?;
    fchown(rustix::stdio::stderr(), owner, group)?;
    Ok(())
}

/// Takes all capabilities away, where the user stays the same. With `no_new_privs` no program gives any back, root or not.
pub(super) fn drop_all() -> io::Result<()> {
    let none = CapabilitySet::empty();
    set_capabilities(
        None,
        CapabilitySets {
            effective: none,
            permitted: none,
            inheritable: none,
        },
    )?;
    Ok(())
}
