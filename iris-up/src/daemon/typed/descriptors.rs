//! What a server has to call, and the files that describe it.

use prost::Message;
use prost_types::{FileDescriptorProto, FileDescriptorSet};
use std::collections::{BTreeMap, HashSet};
use std::error::Error;

/// Services that are the same everywhere, and those of the daemon: nobody's to be called by.
const COMMON: [&str; 3] = ["grpc.reflection.", "grpc.health.", "iris.up."];

/// The most files, and bytes of them, that a server may say.
const MOST: usize = 2_000;
const LARGEST: usize = 16 * 1024 * 1024;

/// What a server has to call.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Descriptors {
    /// `users.v1.Users`, in the order of their names.
    services: Vec<String>,
    /// Whatever describes them, by their names.
    files: BTreeMap<String, FileDescriptorProto>,
    /// How many bytes of files have come.
    size: usize,
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
            size: 0,
        }
    }

    /// One more file.
    ///
    /// # Errors
    ///
    /// Where it is none, or there are too many.
    pub(super) fn add(&mut self, file: &[u8]) -> Result<(), Box<dyn Error + Send + Sync>> {
        self.size += file.len();
        if self.size > LARGEST || self.files.len() >= MOST {
            return Err(
                format!("it has more than {MOST} files, or {LARGEST} bytes of them").into(),
            );
        }
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
        let mut done = HashSet::new();
        // Each with how many of those that it needs were looked at.
        let mut open: Vec<(&FileDescriptorProto, usize)> = Vec::new();
        for first in self.files.values() {
            if done.insert(first.name()) {
                open.push((first, 0));
            }
            while let Some((file, looked)) = open.last_mut() {
                let Some(needed) = file.dependency.get(*looked) else {
                    set.file.push((*file).clone());
                    open.pop();
                    continue;
                };
                *looked += 1;
                if let Some(needed) = self.files.get(needed)
                    && done.insert(needed.name())
                {
                    open.push((needed, 0));
                }
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
