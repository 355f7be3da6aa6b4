//! One OpenAPI document of several contracts.

use super::Contract;
use crate::start_error::Problem;
use bytes::Bytes;
use serde_json::Value;

/// The document of all contracts together; `None` where there is no contract.
pub(crate) fn openapi(contracts: &[Contract]) -> Result<Option<Bytes>, Problem> {
    let (first, more) = match contracts {
        [] => return Ok(None),
        // As it was printed, to the byte.
        [only] => return Ok(Some(Bytes::from_static(only.openapi.as_bytes()))),
        [first, more @ ..] => (first, more),
    };
    let mut whole = read(first)?;
    for contract in more {
        merge(&mut whole, read(contract)?);
    }
    let bytes = serde_json::to_vec(&whole).map_err(|error| Problem::OpenApi(error.to_string()))?;
    Ok(Some(bytes.into()))
}

fn read(contract: &Contract) -> Result<Value, Problem> {
    serde_json::from_str(contract.openapi).map_err(|error| Problem::OpenApi(error.to_string()))
}

/// Adds what the other document has and this one has not. What both have is the same: the names of procedures
/// and messages are unique, and what Iris adds is in every document. Of the titles the first is kept.
fn merge(whole: &mut Value, other: Value) {
    match (whole, other) {
        (Value::Object(entries), Value::Object(more)) => {
            for (name, value) in more {
                match entries.get_mut(&name) {
                    Some(entry) => merge(entry, value),
                    None => {
                        entries.insert(name, value);
                    }
                }
            }
        }
        (Value::Array(entries), Value::Array(more)) => {
            for entry in more {
                if !entries.contains(&entry) {
                    entries.push(entry);
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn merged(documents: &[&'static str]) -> Value {
        let contracts: Vec<_> = documents
            .iter()
            .map(|openapi| Contract::new(&[], &[], openapi))
            .collect();
        serde_json::from_slice(&openapi(&contracts).unwrap().unwrap()).unwrap()
    }

    #[test]
    fn what_both_have_is_there_once_and_what_one_has_is_kept() {
        let one = r#"{"openapi":"3.1.0","tags":[{"name":"a.A"}],"paths":{"/a.A/One":{}},
            "components":{"schemas":{"Shared":{"type":"string"},"a.Message":{}}}}"#;
        let other = r#"{"openapi":"3.1.0","tags":[{"name":"a.A"},{"name":"b.B"}],"paths":{"/b.B/Two":{}},
            "components":{"schemas":{"Shared":{"type":"string"},"b.Message":{}},"responses":{"r":{}}}}"#;
        let expected = r#"{"openapi":"3.1.0","tags":[{"name":"a.A"},{"name":"b.B"}],
            "paths":{"/a.A/One":{},"/b.B/Two":{}},
            "components":{"schemas":{"Shared":{"type":"string"},"a.Message":{},"b.Message":{}},"responses":{"r":{}}}}"#;
        let expected: Value = serde_json::from_str(expected).unwrap();
        assert_eq!(merged(&[one, other]), expected);
    }

    #[test]
    fn one_document_is_served_as_it_was_printed() {
        let contract = Contract::new(&[], &[], "{ \"openapi\" : \"3.1.0\" }");
        let served = openapi(&[contract]).unwrap().unwrap();
        assert_eq!(served, contract.openapi);
        assert!(openapi(&[]).unwrap().is_none());
    }
}
