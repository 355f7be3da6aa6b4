//! One remote for each thing to be tested.

pub mod calls;
pub mod counter;
pub mod failures;
pub mod guarded;
pub mod names;
pub mod shapes;
