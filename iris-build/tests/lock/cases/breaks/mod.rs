//! Every kind of break, with the whole of what is said about it.

mod enums;
mod fields;
mod remotes;
mod types;

use iris_build::schema::Schema;

pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) schema: Schema,
    pub(crate) told: Vec<&'static str>,
}

fn case(name: &'static str, schema: Schema, told: &[&'static str]) -> Case {
    Case {
        name,
        schema,
        told: told.to_vec(),
    }
}

pub(crate) fn breaks() -> Vec<Case> {
    let mut all = remotes::remotes();
    all.extend(fields::fields());
    all.extend(types::types());
    all.extend(enums::enums());
    all.extend(enums::error_codes());
    all
}
