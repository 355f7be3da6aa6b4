//! The rules of <https://protobuf.dev/programming-guides/json/>, case by case.

mod any;
mod cases;
mod enums;
mod errors;
mod fields;
mod nesting;
mod scalars;
mod serde_types;
mod strict;
mod well_known;
