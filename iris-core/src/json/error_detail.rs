//! The JSON form of `iris.v1.ErrorDetail`, whose Rust type is not printed.

use super::{FieldReader, FieldWriter, Fields, Int32, Result, Text};
use crate::ErrorDetail;

impl Fields for ErrorDetail {
    fn write(&self, out: &mut FieldWriter<'_>) -> Result {
        out.optional::<Int32>("code", &self.code)?;
        out.singular::<Text>("internalMessage", &self.internal_message)?;
        out.singular::<Text>("requestId", &self.request_id)
    }

    fn read(&mut self, field: &mut FieldReader<'_>) -> Result<bool> {
        match field.name() {
            "code" => field.optional::<Int32>(1, &mut self.code),
            "internalMessage" | "internal_message" => {
                field.singular::<Text>(2, &mut self.internal_message)
            }
            "requestId" | "request_id" => field.singular::<Text>(3, &mut self.request_id),
            _ => Ok(false),
        }
    }
}
