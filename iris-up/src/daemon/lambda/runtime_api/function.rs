//! What a function is told of itself.

use crate::daemon::lambda::limits::Limits;
use crate::daemon::process::Launch;
use std::net::SocketAddr;
use std::time::Duration;

/// The account that functions are told they belong to, which is none.
pub(super) const ACCOUNT: &str = "000000000000";

/// Where functions are told they run. It has to be one that Amazon's libraries know.
const REGION: &str = "us-east-1";

/// What is the function's own business, and nothing for external extensions ("Accessing and using the Extensions API").
const NOT_FOR_EXTENSIONS: [&str; 6] = [
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "LAMBDA_RUNTIME_DIR",
    "LAMBDA_TASK_ROOT",
    "_HANDLER",
];

/// What a function is told of itself.
#[derive(Debug, Clone)]
pub(in crate::daemon::lambda) struct Function {
    pub(super) name: String,
    pub(super) version: u64,
    folder: String,
    /// In bytes.
    memory: u64,
    /// How long it may take for an event.
    pub(super) time: Duration,
    pub(super) concurrency: usize,
    /// The user of its processes, where that is their own.
    pub(super) user: Option<u32>,
}

impl Function {
    pub(in crate::daemon::lambda) fn new(launch: &Launch, limits: &Limits) -> Function {
        Function {
            name: launch.name.to_string(),
            version: launch.version,
            folder: launch.folder().display().to_string(),
            memory: launch.cell.terms().memory,
            time: limits.timeout,
            concurrency: limits.concurrency,
            user: launch.cell.user(),
        }
    }

    /// What it is called by, where its caller asked for a version with that.
    pub(super) fn arn(&self, qualifier: Option<&str>) -> String {
        let name = &self.name;
        let arn = format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}");
        match qualifier {
            Some(qualifier) => format!("{arn}:{qualifier}"),
            None => arn,
        }
    }

    /// A name for what one process prints, in the form that programs take apart: `2026/11/28/[1]..`.
    fn log_stream(&self, port: u16) -> String {
        let date = jiff::Timestamp::now().strftime("%Y/%m/%d").to_string();
        let (version, process) = (self.version, u32::from(port));
        format!("{date}/[{version}]{process:032x}")
    }

    /// What its process has in its environment ("Defined runtime environment variables"). There are no credentials.
    pub(in crate::daemon::lambda) fn environment(
        &self,
        address: SocketAddr,
    ) -> Vec<(&'static str, String)> {
        let name = || self.name.clone();
        let mut environment = vec![
            ("AWS_LAMBDA_RUNTIME_API", address.to_string()),
            ("_HANDLER", name()),
            ("AWS_LAMBDA_FUNCTION_NAME", name()),
            ("AWS_LAMBDA_FUNCTION_VERSION", self.version.to_string()),
            (
                "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
                (self.memory >> 20).to_string(),
            ),
            (
                "AWS_LAMBDA_LOG_GROUP_NAME",
                format!("/aws/lambda/{}", self.name),
            ),
            (
                "AWS_LAMBDA_LOG_STREAM_NAME",
                self.log_stream(address.port()),
            ),
            ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand".to_owned()),
            ("AWS_EXECUTION_ENV", "AWS_Lambda_provided.al2023".to_owned()),
            ("AWS_REGION", REGION.to_owned()),
            ("AWS_DEFAULT_REGION", REGION.to_owned()),
            ("LAMBDA_TASK_ROOT", self.folder.clone()),
            ("LAMBDA_RUNTIME_DIR", self.folder.clone()),
            // There is nobody who takes traces: libraries are to go on.
            ("AWS_XRAY_CONTEXT_MISSING", "LOG_ERROR".to_owned()),
            ("LANG", "en_US.UTF-8".to_owned()),
            ("TZ", ":UTC".to_owned()),
        ];
        // Its presence is what makes a runtime ask for several at a time.
        if self.concurrency > 1 {
            let concurrency = self.concurrency.to_string();
            environment.push(("AWS_LAMBDA_MAX_CONCURRENCY", concurrency));
        }
        environment
    }

    /// What external extensions have in theirs.
    pub(in crate::daemon::lambda) fn environment_of_extensions(
        &self,
        address: SocketAddr,
    ) -> Vec<(&'static str, String)> {
        let mut environment = self.environment(address);
        environment.retain(|(name, _)| !NOT_FOR_EXTENSIONS.contains(name));
        environment
    }
}
