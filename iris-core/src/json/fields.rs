//! What `iris-build` prints beside messages, oneofs and enums.

use super::{FieldReader, FieldWriter, Result};

/// The fields of a message.
///
/// ```
/// use iris_core::json::{self, FieldReader, FieldWriter, Fields};
/// use iris_core::__private::prost;
///
/// #[derive(Clone, PartialEq, prost::Message)]
/// struct User {
///     #[prost(string, tag = "1")]
///     display_name: String,
///     #[prost(int64, optional, tag = "2")]
///     born: Option<i64>,
/// }
///
/// impl Fields for User {
///     fn write(&self, out: &mut FieldWriter<'_>) -> json::Result {
///         out.singular::<json::Text>("displayName", &self.display_name)?;
///         out.optional::<json::Int64>("born", &self.born)
///     }
///
///     fn read(&mut self, field: &mut FieldReader<'_>) -> json::Result<bool> {
///         match field.name() {
///             "displayName" | "display_name" => field.singular::<json::Text>(1, &mut self.display_name),
///             "born" => field.optional::<json::Int64>(2, &mut self.born),
///             _ => Ok(false),
///         }
///     }
/// }
///
/// let user: User = json::from_slice(br#"{"display_name": "Ann", "born": "1990", "new": 1}"#)?;
/// assert_eq!(user, User { display_name: "Ann".into(), born: Some(1990) });
///
/// let mut text = bytes::BytesMut::new();
/// json::to_buffer(&user, &mut text)?;
/// assert_eq!(&text[..], br#"{"displayName":"Ann","born":"1990"}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
pub trait Fields {
    /// Writes each field that is set, under its JSON name.
    ///
    /// # Errors
    ///
    /// A value that has no JSON form, or a failing writer.
    fn write(&self, out: &mut FieldWriter<'_>) -> Result;

    /// Reads one field, by its JSON name or its name in the `.proto`. Gives `false`, and leaves
    /// the value alone, where the message has no such field.
    ///
    /// # Errors
    ///
    /// A value that the field does not take, or a field that was there before.
    fn read(&mut self, field: &mut FieldReader<'_>) -> Result<bool>;
}

/// The members of a oneof, which in JSON stand among the message's fields.
pub trait Oneof: Sized {
    /// Writes the member that is set.
    ///
    /// # Errors
    ///
    /// As [`Fields::write`].
    fn write(&self, out: &mut FieldWriter<'_>) -> Result;

    /// Reads a member, as [`Fields::read`] does.
    ///
    /// # Errors
    ///
    /// As [`Fields::read`]; also a member when another one is already set.
    fn read(into: &mut Option<Self>, field: &mut FieldReader<'_>) -> Result<bool>;
}

/// An enum's names.
pub trait Enumeration {
    /// Each name and its number, aliases after the name they stand for.
    const NAMES: &'static [(&'static str, i32)];
}

/// `google.protobuf.Empty`, and the message of a procedure that has none.
impl Fields for () {
    fn write(&self, _: &mut FieldWriter<'_>) -> Result {
        Ok(())
    }

    fn read(&mut self, _: &mut FieldReader<'_>) -> Result<bool> {
        Ok(false)
    }
}
