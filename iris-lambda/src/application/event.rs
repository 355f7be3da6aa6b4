//! Events of HTTP, in each of their formats.
//!
//! | format | by | source |
//! |---|---|---|
//! | 2.0 | function URLs, HTTP APIs, iris-up | <https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html> |
//! | 1.0 | REST APIs, HTTP APIs | <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html> |
//! | of a load balancer | Application Load Balancers | <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html> |

use super::pairs::Pairs;
use crate::failure::Failure;
use crate::handler::bad_event;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

/// What any of them has, read in one go.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct HttpEvent {
    version: Option<String>,
    raw_path: Option<String>,
    raw_query_string: Option<String>,
    path: Option<String>,
    http_method: Option<String>,
    #[serde(default)]
    pub(super) cookies: Option<Vec<String>>,
    #[serde(default)]
    pub(super) headers: Option<Pairs<Option<String>>>,
    #[serde(default)]
    pub(super) multi_value_headers: Option<Pairs<Vec<String>>>,
    #[serde(default)]
    query_string_parameters: Option<Pairs<Option<String>>>,
    #[serde(default)]
    multi_value_query_string_parameters: Option<Pairs<Vec<String>>>,
    request_context: Option<Box<RawValue>>,
    pub(super) body: Option<String>,
    #[serde(default)]
    pub(super) is_base64_encoded: Option<bool>,
}

/// The part of its `requestContext` that makes the request.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RequestContext {
    http: Option<Http>,
    elb: Option<IgnoredAny>,
    pub(super) stage: Option<String>,
    identity: Option<Identity>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Http {
    method: String,
    source_ip: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Identity {
    source_ip: Option<String>,
}

/// The format of an event, which is that of its answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Format {
    /// Payload format 2.0.
    Two,
    /// Payload format 1.0.
    One,
    /// A load balancer's.
    LoadBalancer {
        /// Whether it speaks of headers that occur several times, as its target group is set.
        multi_value: bool,
    },
}

/// An event whose format is known.
pub(super) struct Known {
    pub(super) event: HttpEvent,
    pub(super) format: Format,
    pub(super) context: RequestContext,
    pub(super) raw_context: Box<RawValue>,
    pub(super) method: String,
    pub(super) path: String,
}

/// The query as it is told.
pub(super) enum Query {
    /// As it was.
    Raw(String),
    /// Names and values, still percent-encoded or not any more.
    Pairs {
        pairs: Vec<(String, String)>,
        encoded: bool,
    },
}

impl Format {
    pub(super) fn may_be_streamed(self) -> bool {
        !matches!(self, Format::LoadBalancer { .. })
    }
}

pub(super) fn read(json: &[u8]) -> Result<Known, Failure> {
    let bad = |error| bad_event("request by HTTP", &error);
    let mut event: HttpEvent = serde_json::from_slice(json).map_err(bad)?;
    let Some(raw_context) = event.request_context.take() else {
        return Err(stranger("it has no requestContext"));
    };
    let mut context: RequestContext = serde_json::from_str(raw_context.get()).map_err(bad)?;
    let format = if context.http.is_some() {
        Format::Two
    } else if context.elb.is_some() {
        let multi_value = event.multi_value_headers.is_some();
        Format::LoadBalancer { multi_value }
    } else {
        Format::One
    };
    let (method, path) = match format {
        Format::Two => (
            context
                .http
                .as_mut()
                .map(|http| std::mem::take(&mut http.method)),
            event.raw_path.take(),
        ),
        _ => (event.http_method.take(), event.path.take()),
    };
    match (method, path) {
        (Some(method), Some(path)) => Ok(Known {
            event,
            format,
            context,
            raw_context,
            method,
            path,
        }),
        _ => Err(stranger("it has no method or no path")),
    }
}

fn stranger(why: &str) -> Failure {
    let message = format!("the event is no request by HTTP: {why}");
    Failure::new("Runtime.UnmarshalError", message)
}

impl Known {
    /// Whether its path begins with the API's stage. A REST API, whose events have no version, takes it off itself.
    pub(super) fn has_stage_in_path(&self) -> bool {
        self.event.version.is_some()
    }

    pub(super) fn source_ip(&self) -> Option<&str> {
        let http = self
            .context
            .http
            .as_ref()
            .and_then(|http| http.source_ip.as_deref());
        let identity = self.context.identity.as_ref();
        http.or_else(|| identity?.source_ip.as_deref())
    }

    /// The query. API Gateway decodes names and values for format 1.0, a load balancer leaves them as they are.
    pub(super) fn query(&mut self) -> Query {
        let event = &mut self.event;
        if let Some(raw) = event.raw_query_string.take() {
            return Query::Raw(raw);
        }
        let encoded = matches!(self.format, Format::LoadBalancer { .. });
        let pairs = match event.multi_value_query_string_parameters.take() {
            Some(Pairs(listed)) => listed
                .into_iter()
                .flat_map(|(name, values)| {
                    values.into_iter().map(move |value| (name.clone(), value))
                })
                .collect(),
            None => {
                let Pairs(single) = event.query_string_parameters.take().unwrap_or_default();
                let pairs = single.into_iter();
                pairs
                    .map(|(name, value)| (name, value.unwrap_or_default()))
                    .collect()
            }
        };
        Query::Pairs { pairs, encoded }
    }
}
