//! What a server has to call, and the files that describe it.

use prost::Message;
use prost_types::{FileDescriptorProto, FileDescriptorSet};
use std::collections::BTreeMap;

/// Services that are the same everywhere, and are nobody's to be called by.
const COMMON: [&str; 2] = ["grpc.reflection.", "grpc.health."];

/// What a server has to call.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Descriptors {
    /// `users.v1.Users`, in the order of their names.
    services: Vec<String>,
    /// Whatever describes them, by their names.
    files: BTreeMap<String, FileDescriptorProto>,
}

impl Descriptors {
    /// Of what a server says that it serves.
    pub(super) fn of(services: Vec<String>) -> Descriptors {
        let mut services = services;
        services.retain(|service| !COMMON.iter().any(|common| service.starts_with(common)));
        services.sort_unstable();
        services.dedup();
        Descriptors {
            services,
            files: BTreeMap::new(),
        }
    }

    pub(super) fn add(&mut self, file: &[u8]) -> Result<(), prost::DecodeError> {
        let file = FileDescriptorProto::decode(file)?;
        self.files.insert(file.name().to_owned(), file);
        Ok(())
    }

    /// A file that another needs and that is not here.
    pub(super) fn missing(&self) -> Option<String> {
        let needed = self.files.values().flat_map(|file| &file.dependency);
        let mut missing = needed.filter(|name| !self.files.contains_key(*name));
        missing.next().cloned()
    }

    pub(crate) fn services(&self) -> &[String] {
        &self.services
    }

    /// A serialized `google.protobuf.FileDescriptorSet`, in which each file comes behind those that it needs.
    pub(crate) fn set(&self) -> Vec<u8> {
        let mut set = FileDescriptorSet::default();
        let mut left: Vec<&FileDescriptorProto> = self.files.values().collect();
        while !left.is_empty() {
            let before = left.len();
            left.retain(|file| {
                let named = |name: &String| set.file.iter().any(|known| known.name() == name);
                let ready = file.dependency.iter().all(named);
                if ready {
                    set.file.push((*file).clone());
                }
                !ready
            });
            if left.len() == before {
                // They need each other, which no compiler writes.
                set.file.extend(left.drain(..).cloned());
            }
        }
        set.encode_to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, needs: &[&str]) -> Vec<u8> {
        let file = FileDescriptorProto {
            name: Some(name.to_owned()),
            dependency: needs.iter().map(ToString::to_string).collect(),
            ..FileDescriptorProto::default()
        };
        file.encode_to_vec()
    }

    #[test]
    fn files_come_behind_those_that_they_need() {
        let services = ["b.B", "grpc.health.v1.Health", "a.A", "b.B"];
        let mut descriptors = Descriptors::of(services.map(str::to_owned).to_vec());
        assert_eq!(descriptors.services(), ["a.A", "b.B"]);
        descriptors
            .add(&file("a.proto", &["z.proto", "b.proto"]))
            .unwrap();
        descriptors.add(&file("b.proto", &["z.proto"])).unwrap();
        assert_eq!(descriptors.missing().as_deref(), Some("z.proto"));
        descriptors.add(&file("z.proto", &[])).unwrap();
        assert_eq!(descriptors.missing(), None);
        let set = FileDescriptorSet::decode(&descriptors.set()[..]).unwrap();
        let names: Vec<&str> = set.file.iter().map(FileDescriptorProto::name).collect();
        assert_eq!(names, ["z.proto", "b.proto", "a.proto"]);
    }
}
