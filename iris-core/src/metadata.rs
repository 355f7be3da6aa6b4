//! Metadata: what travels beside the messages of a call, in its headers and trailers.

use crate::wire::base64;
use http::header::{HeaderMap, HeaderName, HeaderValue};
use std::fmt;
use std::sync::LazyLock;

/// Names and values beside a call's messages; names are case-insensitive and may repeat.
///
/// Values are printable ASCII. Names that end in `-bin` hold bytes, in base64 on the wire
/// (gRPC `PROTOCOL-HTTP2.md`, "Custom-Metadata").
///
/// ```
/// use iris_core::Metadata;
///
/// let mut metadata = Metadata::new();
/// metadata.append("x-tenant", "north")?;
/// metadata.append_bytes("x-signature-bin", &[0, 255])?;
/// assert_eq!(metadata.get("X-Tenant"), Some("north"));
/// assert_eq!(metadata.get_bytes("x-signature-bin"), Some(vec![0, 255]));
/// assert!(metadata.append("grpc-status", "0").is_err());
/// # Ok::<(), iris_core::InvalidMetadata>(())
/// ```
#[derive(Clone, Default, PartialEq)]
pub struct Metadata(HeaderMap);

impl Metadata {
    /// No metadata.
    pub fn new() -> Self {
        Metadata::default()
    }

    /// Empty metadata to borrow.
    pub(crate) fn none() -> &'static Metadata {
        static NONE: LazyLock<Metadata> = LazyLock::new(Metadata::new);
        &NONE
    }

    /// Adds a value under a name, beside those already there.
    ///
    /// # Errors
    ///
    /// Where the name is none of HTTP's, belongs to a protocol, or ends in `-bin`; or the value is not printable ASCII;
    /// or there are 4,096 values already.
    pub fn append(&mut self, name: &str, value: &str) -> Result<(), InvalidMetadata> {
        let name = checked_name(name)?;
        if name.as_str().ends_with("-bin") {
            return Err(InvalidMetadata::new(&name, "holds bytes; use append_bytes"));
        }
        if !value
            .bytes()
            .all(|byte| byte == b' ' || byte.is_ascii_graphic())
        {
            return Err(InvalidMetadata::new(
                &name,
                "has a value that is not printable ASCII; use a name that ends in -bin",
            ));
        }
        let value = HeaderValue::from_str(value)
            .map_err(|_| InvalidMetadata::new(&name, "has a value no header can hold"))?;
        self.push(name, value)
    }

    /// Adds bytes under a name that ends in `-bin`.
    ///
    /// # Errors
    ///
    /// Where the name is none of HTTP's, belongs to a protocol, or does not end in `-bin`; or there are 4,096 values already.
    pub fn append_bytes(&mut self, name: &str, value: &[u8]) -> Result<(), InvalidMetadata> {
        let name = checked_name(name)?;
        if !name.as_str().ends_with("-bin") {
            return Err(InvalidMetadata::new(
                &name,
                "must end in -bin to hold bytes",
            ));
        }
        let value = HeaderValue::try_from(base64::encode(value))
            .map_err(|_| InvalidMetadata::new(&name, "has a value no header can hold"))?;
        self.push(name, value)
    }

    /// The first value of a name, where it is text.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.to_str().ok()
    }

    /// Every value of a name that is text, in order.
    pub fn get_all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        self.0
            .get_all(name)
            .into_iter()
            .filter_map(|value| value.to_str().ok())
    }

    /// The first value of a `-bin` name, decoded. Several values in one header are told apart by commas.
    pub fn get_bytes(&self, name: &str) -> Option<Vec<u8>> {
        let first = self
            .0
            .get(name)?
            .as_bytes()
            .split(|byte| *byte == b',')
            .next()?;
        base64::decode(first.trim_ascii())
    }

    /// Every value of a `-bin` name, decoded, in order; those that are no base64 are left out. Several values in one header
    /// are told apart by commas.
    pub fn get_all_bytes<'a>(&'a self, name: &str) -> impl Iterator<Item = Vec<u8>> + use<'a> {
        let values = self.0.get_all(name).into_iter();
        values
            .flat_map(|value| value.as_bytes().split(|byte| *byte == b','))
            .filter_map(|value| base64::decode(value.trim_ascii()))
    }

    /// Every name with its value, where that is text.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)))
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many values there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The headers as they are on the wire, those of the protocols included.
    pub fn headers(&self) -> &HeaderMap {
        &self.0
    }

    /// The headers as they are on the wire.
    pub fn into_headers(self) -> HeaderMap {
        self.0
    }

    /// Adds what a peer sent. Unlike [`Metadata::append`] it takes names that belong to a protocol.
    pub(crate) fn append_received(&mut self, name: &str, value: &str) -> Option<()> {
        let name = HeaderName::try_from(name).ok()?;
        self.push(name, HeaderValue::from_str(value).ok()?).ok()
    }

    /// Adds a value while there is room: a header map that is full panics.
    fn push(&mut self, name: HeaderName, value: HeaderValue) -> Result<(), InvalidMetadata> {
        if self.0.len() >= MOST_VALUES {
            return Err(InvalidMetadata::new(
                &name,
                &format!("is too much: there are {MOST_VALUES} values already"),
            ));
        }
        self.0.append(name, value);
        Ok(())
    }

    /// Adds the values of other metadata to headers about to be sent.
    pub fn copy_to(&self, headers: &mut HeaderMap) {
        for (name, value) in &self.0 {
            headers.append(name.clone(), value.clone());
        }
    }
}

impl From<HeaderMap> for Metadata {
    /// Takes received headers as they are.
    fn from(headers: HeaderMap) -> Self {
        Metadata(headers)
    }
}

impl fmt::Debug for Metadata {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SECRET: [&str; 3] = ["authorization", "cookie", "set-cookie"];
        let mut map = formatter.debug_map();
        for (name, value) in &self.0 {
            match SECRET.contains(&name.as_str()) {
                true => map.entry(name, &"<hidden>"),
                false => map.entry(name, value),
            };
        }
        map.finish()
    }
}

/// Metadata that cannot be sent, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidMetadata(String);

impl InvalidMetadata {
    fn new(name: &impl fmt::Display, why: &str) -> Self {
        InvalidMetadata(format!("metadata `{name}` {why}"))
    }
}

impl fmt::Display for InvalidMetadata {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for InvalidMetadata {}

/// More values than any HTTP stack takes, and few enough that metadata, trailers and the headers
/// of a protocol always fit into one header map, which holds some 24,000 names.
pub(crate) const MOST_VALUES: usize = 4096;

/// Headers that HTTP or a protocol owns: setting them would break the call.
const OWNED: [&str; 15] = [
    "accept",
    "accept-encoding",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "host",
    "keep-alive",
    "proxy-connection",
    "set-cookie",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
];

fn checked_name(name: &str) -> Result<HeaderName, InvalidMetadata> {
    let header = HeaderName::try_from(name)
        .map_err(|_| InvalidMetadata::new(&name.escape_debug(), "is no name a header can have"))?;
    let text = header.as_str();
    if OWNED.contains(&text)
        || text.starts_with("grpc-")
        || text.starts_with("connect-")
        || text.starts_with("trailer-")
    {
        return Err(InvalidMetadata::new(
            &text,
            "belongs to the protocol; choose another name",
        ));
    }
    Ok(header)
}
