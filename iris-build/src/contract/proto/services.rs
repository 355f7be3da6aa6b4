//! Services and their methods.

use super::{Printer, child};
use crate::types::{join, tag};
use prost_types::method_options::IdempotencyLevel;
use prost_types::{MethodDescriptorProto, ServiceDescriptorProto};

impl Printer<'_> {
    pub(super) fn service(&mut self, service: &ServiceDescriptorProto, path: &[i32]) {
        self.comment(path);
        self.writer.open(&format!("service {}", service.name()));
        if let Some(options) = &service.options
            && options.deprecated()
        {
            self.writer.line("option deprecated = true;");
        }
        for (method, index) in service.method.iter().zip(0..) {
            self.writer.blank();
            self.method(service, method, &child(path, tag::SERVICE_METHOD, index));
        }
        self.writer.close();
    }

    fn method(
        &mut self,
        service: &ServiceDescriptorProto,
        method: &MethodDescriptorProto,
        path: &[i32],
    ) {
        self.comment(path);
        let place = join(self.file.package(), service.name());
        let side = |streams: bool, name: &str| {
            let stream = if streams { "stream " } else { "" };
            format!("{stream}{}", self.scope.write(name, &place))
        };
        let head = format!(
            "rpc {}({}) returns ({})",
            method.name(),
            side(method.client_streaming(), method.input_type()),
            side(method.server_streaming(), method.output_type()),
        );
        let options = options(method);
        if options.is_empty() {
            self.writer.line(&format!("{head};"));
            return;
        }
        self.writer.open(&head);
        for option in options {
            self.writer.line(&format!("option {option};"));
        }
        self.writer.close();
    }
}

fn options(method: &MethodDescriptorProto) -> Vec<String> {
    let Some(options) = &method.options else {
        return Vec::new();
    };
    let deprecated = options
        .deprecated
        .map(|deprecated| format!("deprecated = {deprecated}"));
    let level = options
        .idempotency_level
        .and_then(|level| IdempotencyLevel::try_from(level).ok())
        .map(|level| format!("idempotency_level = {}", level.as_str_name()));
    deprecated.into_iter().chain(level).collect()
}
