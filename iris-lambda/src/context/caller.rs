//! Who invoked a function, where that is told.

use serde::Deserialize;
use serde_json::{Map, Value};

/// What a caller says of itself, as the mobile SDKs of AWS write it. What others wrote stands in `custom`.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ClientContext {
    /// The application on the device.
    pub client: Option<ClientApplication>,
    /// Whatever it wanted to say.
    #[serde(alias = "Custom")]
    pub custom: Map<String, Value>,
    /// The device.
    #[serde(alias = "environment")]
    pub env: Map<String, Value>,
    /// Services that it uses.
    pub services: Map<String, Value>,
}

/// An application on a device.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ClientApplication {
    /// This installation.
    #[serde(alias = "installationId")]
    pub installation_id: Option<String>,
    /// The name.
    #[serde(alias = "appTitle")]
    pub app_title: Option<String>,
    /// The name of the version.
    #[serde(alias = "appVersionName")]
    pub app_version_name: Option<String>,
    /// The number of the version.
    #[serde(alias = "appVersionCode")]
    pub app_version_code: Option<String>,
    /// The package.
    #[serde(alias = "appPackageName")]
    pub app_package_name: Option<String>,
}

/// An identity of Amazon Cognito's.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct CognitoIdentity {
    /// The identity.
    #[serde(
        alias = "cognitoIdentityId",
        alias = "identity_id",
        rename = "identityId"
    )]
    pub identity_id: String,
    /// The pool that it belongs to.
    #[serde(
        alias = "cognitoIdentityPoolId",
        alias = "identity_pool_id",
        rename = "identityPoolId"
    )]
    pub identity_pool_id: String,
}
