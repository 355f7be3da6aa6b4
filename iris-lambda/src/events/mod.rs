//! Events of AWS's, by what they come from. Each has a feature of the same name; all of them are on, unless defaults are off.
//!
//! Their types are those of the official crate [`aws_lambda_events`](https://docs.rs/aws_lambda_events), but for
//! [`alexa`], which that does not have. Types that it marks as such may get further fields.

mod kinds;

#[cfg(feature = "alexa")]
pub mod alexa;

#[cfg(feature = "alb")]
pub use aws_lambda_events::alb;
#[cfg(feature = "apigw")]
pub use aws_lambda_events::apigw;
#[cfg(feature = "appsync")]
pub use aws_lambda_events::appsync;
#[cfg(feature = "cloudwatch_events")]
pub use aws_lambda_events::cloudwatch_events;
#[cfg(feature = "cloudwatch_logs")]
pub use aws_lambda_events::cloudwatch_logs;
#[cfg(feature = "cognito")]
pub use aws_lambda_events::cognito;
#[cfg(feature = "dynamodb")]
pub use aws_lambda_events::dynamodb;
#[cfg(feature = "eventbridge")]
pub use aws_lambda_events::eventbridge;
#[cfg(feature = "firehose")]
pub use aws_lambda_events::firehose;
#[cfg(feature = "kinesis")]
pub use aws_lambda_events::kinesis;
#[cfg(feature = "lambda_function_urls")]
pub use aws_lambda_events::lambda_function_urls;
#[cfg(feature = "s3")]
pub use aws_lambda_events::s3;
#[cfg(feature = "sqs")]
pub use aws_lambda_events::sqs;
/// Reads items of [`dynamodb`]'s events into types of your own: `serde_dynamo::from_item(record.change.new_image)`.
#[cfg(feature = "dynamodb")]
pub use serde_dynamo;

use serde::de::DeserializeOwned;

/// What [`Runtime::register`](crate::Runtime::register) gives to handlers.
///
/// A type of your own may be one; without a name for messages,
/// [`register_custom`](crate::Runtime::register_custom) takes it as it is.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no event of AWS's",
    note = "`Runtime::register_custom` takes events of every type that implements `serde::Deserialize`"
)]
pub trait Event: DeserializeOwned + Send + 'static {
    /// What such an event is called in messages: "event of SQS".
    const KIND: &'static str;
}

/// Any event.
impl Event for serde_json::Value {
    const KIND: &'static str = "JSON";
}
