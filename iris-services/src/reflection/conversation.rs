//! One stream of a tool's questions.

use super::index::Index;
use crate::messages::grpc::reflection::v1::server_reflection_request::MessageRequest;
use crate::messages::grpc::reflection::v1::server_reflection_response::MessageResponse;
use crate::messages::grpc::reflection::v1::{
    ErrorResponse, ExtensionNumberResponse, FileDescriptorResponse, ListServiceResponse,
    ServerReflectionRequest, ServerReflectionResponse, ServiceResponse,
};
use iris_core::Status;
use std::collections::HashSet;
use std::sync::Arc;

/// Answers the questions of one stream; what was sent once is not sent again with another file.
pub(crate) struct Conversation {
    index: Arc<Index>,
    sent: HashSet<String>,
}

impl Conversation {
    pub(crate) fn new(index: Arc<Index>) -> Self {
        Conversation {
            index,
            sent: HashSet::new(),
        }
    }

    pub(crate) fn answer(&mut self, request: ServerReflectionRequest) -> ServerReflectionResponse {
        let index = self.index.clone();
        let answer = match &request.message_request {
            Some(MessageRequest::FileByFilename(name)) => {
                self.files(index.file(name).map(|_| name.as_str()), name)
            }
            Some(MessageRequest::FileContainingSymbol(symbol)) => {
                self.files(index.declaring(symbol), symbol)
            }
            Some(MessageRequest::FileContainingExtension(extension)) => {
                let (message, number) = (&extension.containing_type, extension.extension_number);
                let asked = format!("extension {number} of {message}");
                self.files(index.extending(message, number), &asked)
            }
            Some(MessageRequest::AllExtensionNumbersOfType(message)) => {
                match index.extension_numbers(message) {
                    Some(numbers) => {
                        MessageResponse::AllExtensionNumbersResponse(ExtensionNumberResponse {
                            base_type_name: message.clone(),
                            extension_number: numbers,
                        })
                    }
                    None => not_found(message),
                }
            }
            Some(MessageRequest::ListServices(_)) => {
                let service = index.services().map(|name| ServiceResponse {
                    name: name.to_owned(),
                });
                MessageResponse::ListServicesResponse(ListServiceResponse {
                    service: service.collect(),
                })
            }
            None => failed(Status::InvalidArgument, "the request asks for nothing"),
        };
        ServerReflectionResponse {
            valid_host: request.host.clone(),
            original_request: Some(request),
            message_response: Some(answer),
        }
    }

    /// A file with all that it imports, directly or not.
    fn files(&mut self, name: Option<&str>, asked: &str) -> MessageResponse {
        let Some(name) = name else {
            return not_found(asked);
        };
        // The one that was asked for is sent in any case: tools read the first.
        self.sent.remove(name);
        let mut files = Vec::new();
        let mut next = vec![name];
        while let Some(name) = next.pop() {
            if let Some(file) = self.index.file(name)
                && self.sent.insert(name.to_owned())
            {
                files.push(file.bytes.clone());
                next.extend(file.imports.iter().rev().map(String::as_str));
            }
        }
        MessageResponse::FileDescriptorResponse(FileDescriptorResponse {
            file_descriptor_proto: files,
        })
    }
}

fn not_found(what: &str) -> MessageResponse {
    failed(Status::NotFound, &format!("nothing is known of `{what}`"))
}

fn failed(status: Status, why: &str) -> MessageResponse {
    MessageResponse::ErrorResponse(ErrorResponse {
        error_code: status.number(),
        error_message: why.to_owned(),
    })
}
