//! Requests of Alexa's to custom skills, and answers to them
//! (<https://developer.amazon.com/docs/custom-skills/request-and-response-json-reference.html>).
//!
//! ```
//! use iris_lambda::Context;
//! use iris_lambda::events::alexa::{AlexaRequest, AlexaResponse, Request};
//!
//! async fn greet(event: AlexaRequest, _: Context) -> Result<AlexaResponse, std::convert::Infallible> {
//!     Ok(match &event.request {
//!         Request::Intent { intent, .. } if intent.name == "Greet" => {
//!             let name = intent.slot("name").unwrap_or("you");
//!             AlexaResponse::say(format!("Hello, {name}")).end()
//!         }
//!         _ => AlexaResponse::say("Whom shall I greet?"),
//!     })
//! }
//! ```

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What a person asks of a skill.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[non_exhaustive]
pub struct AlexaRequest {
    /// The version of the format: `1.0`.
    pub version: String,
    /// The conversation. Requests of players and of skills' events have none.
    #[serde(default)]
    pub session: Option<Session>,
    /// The device and the person, as Alexa writes it.
    #[serde(default)]
    pub context: Map<String, Value>,
    /// What is asked.
    pub request: Request,
}

/// A conversation.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Session {
    /// Whether it begins with this request.
    pub new: bool,
    /// What it is known by.
    pub session_id: String,
    /// The skill, which should be your own.
    #[serde(default)]
    pub application: Application,
    /// What earlier answers noted ([`AlexaResponse::with_attribute`]).
    #[serde(default)]
    pub attributes: Option<Map<String, Value>>,
    /// The account.
    #[serde(default)]
    pub user: Option<User>,
}

/// A skill.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Application {
    /// What it is known by.
    pub application_id: String,
}

/// An account at Amazon.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct User {
    /// What it is known by to this skill.
    pub user_id: String,
    /// The token of the account that it is linked with.
    #[serde(default)]
    pub access_token: Option<String>,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(tag = "type")]
#[non_exhaustive]
pub enum Request {
    /// The skill was opened without saying what for.
    #[serde(rename = "LaunchRequest")]
    #[non_exhaustive]
    Launch {
        /// Of this request.
        #[serde(flatten)]
        origin: Origin,
    },
    /// Somebody said what they want.
    #[serde(rename = "IntentRequest", rename_all = "camelCase")]
    #[non_exhaustive]
    Intent {
        /// Of this request.
        #[serde(flatten)]
        origin: Origin,
        /// What they want.
        intent: Intent,
        /// How far the dialogue about it is: `STARTED`, `IN_PROGRESS` or `COMPLETED`.
        #[serde(default)]
        dialog_state: Option<String>,
    },
    /// The conversation is over. Nothing can be said any more.
    #[serde(rename = "SessionEndedRequest")]
    #[non_exhaustive]
    SessionEnded {
        /// Of this request.
        #[serde(flatten)]
        origin: Origin,
        /// Why: `USER_INITIATED`, `ERROR` or `EXCEEDED_MAX_REPROMPTS`.
        #[serde(default)]
        reason: Option<String>,
        /// What went wrong.
        #[serde(default)]
        error: Option<Value>,
    },
    /// Any other, such as those of players: read it from the event by a type of your own.
    #[serde(other)]
    Other,
}

/// Which request, when, and in which language.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Origin {
    /// What it is known by.
    pub request_id: String,
    /// The time, in ISO 8601.
    pub timestamp: String,
    /// The language: `en-US`.
    #[serde(default)]
    pub locale: Option<String>,
}

/// What somebody wants.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Intent {
    /// The intent, as the skill's model names it.
    pub name: String,
    /// Whether they confirmed it: `NONE`, `CONFIRMED` or `DENIED`.
    #[serde(default)]
    pub confirmation_status: Option<String>,
    /// What they said of it, by the names of the model.
    #[serde(default)]
    pub slots: Option<BTreeMap<String, Slot>>,
}

impl Intent {
    /// What was said for this slot.
    pub fn slot(&self, name: &str) -> Option<&str> {
        self.slots.as_ref()?.get(name)?.value.as_deref()
    }
}

/// One thing that was said.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Slot {
    /// Its name.
    pub name: String,
    /// What was said, if anything.
    #[serde(default)]
    pub value: Option<String>,
    /// What the model makes of it.
    #[serde(default)]
    pub resolutions: Option<Value>,
}

/// What the skill says.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AlexaResponse {
    version: &'static str,
    session_attributes: Map<String, Value>,
    response: Said,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Said {
    #[serde(skip_serializing_if = "Option::is_none")]
    output_speech: Option<Speech>,
    #[serde(skip_serializing_if = "Option::is_none")]
    card: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reprompt: Option<Reprompt>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    directives: Vec<Value>,
    should_end_session: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "type")]
enum Speech {
    PlainText {
        text: String,
    },
    #[serde(rename = "SSML")]
    Ssml {
        ssml: String,
    },
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Reprompt {
    output_speech: Speech,
}

impl AlexaResponse {
    /// Says nothing, and goes on listening.
    pub fn silence() -> Self {
        AlexaResponse {
            version: "1.0",
            session_attributes: Map::new(),
            response: Said {
                output_speech: None,
                card: None,
                reprompt: None,
                directives: Vec::new(),
                should_end_session: false,
            },
        }
    }

    /// Says a text, and goes on listening.
    pub fn say(text: impl Into<String>) -> Self {
        let mut response = AlexaResponse::silence();
        response.response.output_speech = Some(Speech::PlainText { text: text.into() });
        response
    }

    /// Says what is marked up in SSML, `<speak>..</speak>`, and goes on listening.
    pub fn say_ssml(ssml: impl Into<String>) -> Self {
        let mut response = AlexaResponse::silence();
        response.response.output_speech = Some(Speech::Ssml { ssml: ssml.into() });
        response
    }

    /// And ends the conversation.
    #[must_use = "it gives another response"]
    pub fn end(mut self) -> Self {
        self.response.should_end_session = true;
        self
    }

    /// And asks this where nothing is said for a while.
    #[must_use = "it gives another response"]
    pub fn with_reprompt(mut self, text: impl Into<String>) -> Self {
        let output_speech = Speech::PlainText { text: text.into() };
        self.response.reprompt = Some(Reprompt { output_speech });
        self
    }

    /// And shows a card of a title and a text.
    #[must_use = "it gives another response"]
    pub fn with_card(mut self, title: &str, content: &str) -> Self {
        let card = serde_json::json!({ "type": "Simple", "title": title, "content": content });
        self.response.card = Some(card);
        self
    }

    /// And does this, as Alexa writes directives.
    #[must_use = "it gives another response"]
    pub fn with_directive(mut self, directive: Value) -> Self {
        self.response.directives.push(directive);
        self
    }

    /// And notes something for the rest of the conversation.
    #[must_use = "it gives another response"]
    pub fn with_attribute(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.session_attributes.insert(name.into(), value.into());
        self
    }
}
