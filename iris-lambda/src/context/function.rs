//! What the environment says of a function
//! (<https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html>, "Defined runtime environment variables").

use std::env;
use std::fmt;

/// A function, as its environment says. What that does not say is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Function {
    /// The name.
    pub name: String,
    /// The version: a number, or `$LATEST`.
    pub version: String,
    /// The memory that it has, in MiB; 0 where nothing says.
    pub memory: u32,
    /// The group of Amazon CloudWatch's logs that it writes to.
    pub log_group: String,
    /// The stream of that group that this process writes to.
    pub log_stream: String,
    /// The region that it runs in.
    pub region: String,
    /// Which of its handlers events go to: `_HANDLER`.
    pub handler: String,
}

impl Function {
    pub(crate) fn from_environment() -> Self {
        let text = |name| env::var(name).unwrap_or_default();
        let region = env::var("AWS_REGION").or_else(|_| env::var("AWS_DEFAULT_REGION"));
        let memory = text("AWS_LAMBDA_FUNCTION_MEMORY_SIZE");
        Function {
            name: text("AWS_LAMBDA_FUNCTION_NAME"),
            version: text("AWS_LAMBDA_FUNCTION_VERSION"),
            memory: memory.parse().unwrap_or(0),
            log_group: text("AWS_LAMBDA_LOG_GROUP_NAME"),
            log_stream: text("AWS_LAMBDA_LOG_STREAM_NAME"),
            region: region.unwrap_or_default(),
            handler: text("_HANDLER"),
        }
    }
}

/// Keys to AWS: those of the function's role. Written for debugging, they say nothing.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Credentials {
    /// `AWS_ACCESS_KEY_ID`.
    pub access_key_id: String,
    /// `AWS_SECRET_ACCESS_KEY`.
    pub secret_access_key: String,
    /// `AWS_SESSION_TOKEN`.
    pub session_token: Option<String>,
}

impl Credentials {
    pub(crate) fn from_environment() -> Option<Self> {
        Some(Credentials {
            access_key_id: env::var("AWS_ACCESS_KEY_ID").ok()?,
            secret_access_key: env::var("AWS_SECRET_ACCESS_KEY").ok()?,
            session_token: env::var("AWS_SESSION_TOKEN").ok(),
        })
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Credentials(..)")
    }
}
