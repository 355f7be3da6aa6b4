//! Metadata, as the suite's messages have it.

use crate::suite::Header;
use iris_core::Metadata;

/// Every name with its values, those in which HTTP and the protocols speak included.
pub(crate) fn of_metadata(metadata: &Metadata) -> Vec<Header> {
    let headers = metadata.headers();
    let of_name = |name| Header {
        name: String::from(name),
        value: metadata.get_all(name).map(str::to_owned).collect(),
    };
    headers.keys().map(|name| of_name(name.as_str())).collect()
}

/// Each name with each of its values.
pub(crate) fn pairs(headers: &[Header]) -> impl Iterator<Item = (&str, &str)> {
    headers.iter().flat_map(|header| {
        let values = header.value.iter();
        values.map(|value| (header.name.as_str(), value.as_str()))
    })
}
