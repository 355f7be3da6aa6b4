//! gRPC's reflection protocol (`grpc/reflection/v1/reflection.proto`), as much of it as is asked here.

use super::Descriptors;
use bytes::{Buf, BufMut, Bytes, BytesMut};
use http::header::{CONTENT_TYPE, TE};
use http::{HeaderMap, HeaderValue, Request, Version};
use http_body_util::{BodyExt, Full, Limited};
use hyper_util::rt::{TokioExecutor, TokioIo};
use prost::Message;
use std::error::Error;
use std::net::SocketAddr;
use tokio::net::TcpStream;

type BoxError = Box<dyn Error + Send + Sync>;

/// The most bytes of all that a server says.
const LARGEST: usize = 16 * 1024 * 1024;

/// How often files are asked for that others need.
const ROUNDS: usize = 1_000;

/// A frame's head: whether it is compressed, and how long it is (gRPC over HTTP2, "Length-Prefixed-Message").
const HEAD: usize = 5;

#[derive(Clone, PartialEq, Message)]
struct Question {
    #[prost(string, optional, tag = "3")]
    file_by_filename: Option<String>,
    #[prost(string, optional, tag = "4")]
    file_containing_symbol: Option<String>,
    #[prost(string, optional, tag = "7")]
    list_services: Option<String>,
}

#[derive(Clone, PartialEq, Message)]
struct Answer {
    #[prost(message, optional, tag = "4")]
    files: Option<Files>,
    #[prost(message, optional, tag = "6")]
    services: Option<Services>,
    #[prost(message, optional, tag = "7")]
    error: Option<Refusal>,
}

#[derive(Clone, PartialEq, Message)]
struct Files {
    #[prost(bytes = "bytes", repeated, tag = "1")]
    files: Vec<Bytes>,
}

#[derive(Clone, PartialEq, Message)]
struct Services {
    #[prost(message, repeated, tag = "1")]
    services: Vec<Service>,
}

#[derive(Clone, PartialEq, Message)]
struct Service {
    #[prost(string, tag = "1")]
    name: String,
}

#[derive(Clone, PartialEq, Message)]
struct Refusal {
    #[prost(int32, tag = "1")]
    code: i32,
    #[prost(string, tag = "2")]
    message: String,
}

/// A server that is asked.
struct Asked {
    sender: hyper::client::conn::http2::SendRequest<Full<Bytes>>,
    uri: String,
}

/// What a server has to call, and all that describes it.
pub(super) async fn ask(address: SocketAddr, service: &str) -> Result<Descriptors, BoxError> {
    let socket = TcpStream::connect(address).await?;
    let builder = hyper::client::conn::http2::Builder::new(TokioExecutor::new());
    let (sender, connection) = builder.handshake(TokioIo::new(socket)).await?;
    let driving = tokio::spawn(connection);
    let uri = format!("http://{address}/{service}/ServerReflectionInfo");
    let asked = described(Asked { sender, uri }).await;
    driving.abort();
    asked
}

async fn described(mut asked: Asked) -> Result<Descriptors, BoxError> {
    let list = Question {
        list_services: Some(String::new()),
        ..Question::default()
    };
    let services = asked.question(&[list]).await?;
    let services = services.into_iter().filter_map(|answer| answer.services);
    let names = services.flat_map(|services| services.services);
    let mut descriptors = Descriptors::of(names.map(|service| service.name).collect());
    let symbols = descriptors.services().iter().map(|service| Question {
        file_containing_symbol: Some(service.clone()),
        ..Question::default()
    });
    let symbols: Vec<Question> = symbols.collect();
    asked.files(&symbols, &mut descriptors).await?;
    for _ in 0..ROUNDS {
        let Some(missing) = descriptors.missing() else {
            break;
        };
        let by_name = Question {
            file_by_filename: Some(missing),
            ..Question::default()
        };
        asked.files(&[by_name], &mut descriptors).await?;
    }
    match descriptors.missing() {
        None => Ok(descriptors),
        Some(missing) => Err(format!("it does not give {missing}").into()),
    }
}

impl Asked {
    async fn files(
        &mut self,
        questions: &[Question],
        to: &mut Descriptors,
    ) -> Result<(), BoxError> {
        if questions.is_empty() {
            return Ok(());
        }
        for answer in self.question(questions).await? {
            if let Some(refusal) = answer.error {
                return Err(format!("it answers {}: {}", refusal.code, refusal.message).into());
            }
            for file in answer.files.into_iter().flat_map(|files| files.files) {
                to.add(&file)?;
            }
        }
        Ok(())
    }

    /// Sends all questions, and reads all answers.
    async fn question(&mut self, questions: &[Question]) -> Result<Vec<Answer>, BoxError> {
        let mut body = BytesMut::new();
        for question in questions {
            body.put_u8(0);
            body.put_u32(u32::try_from(question.encoded_len())?);
            question.encode(&mut body)?;
        }
        let request = Request::post(&self.uri)
            .version(Version::HTTP_2)
            .header(CONTENT_TYPE, "application/grpc")
            .header(TE, HeaderValue::from_static("trailers"))
            .body(Full::new(body.freeze()))?;
        self.sender.ready().await?;
        let (head, body) = self.sender.send_request(request).await?.into_parts();
        check(&head.headers)?;
        let collected = Limited::new(body, LARGEST).collect().await?;
        if let Some(trailers) = collected.trailers() {
            check(trailers)?;
        }
        let mut body = collected.to_bytes();
        let mut answers = Vec::new();
        while body.len() >= HEAD {
            let compressed = body.get_u8() != 0;
            let length = body.get_u32() as usize;
            if compressed || length > body.len() {
                return Err("its answer is compressed, or cut off".into());
            }
            answers.push(Answer::decode(body.split_to(length))?);
        }
        Ok(answers)
    }
}

/// A status that is not 0 says what went wrong.
fn check(headers: &HeaderMap) -> Result<(), BoxError> {
    match headers.get("grpc-status") {
        None => Ok(()),
        Some(status) if status == "0" => Ok(()),
        Some(status) => {
            let message = headers.get("grpc-message");
            Err(format!("it answers status {status:?}: {message:?}").into())
        }
    }
}
