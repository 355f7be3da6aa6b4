//! Which request gets which answer.

use crate::answer::Answer;
use bytes::{BufMut, Bytes, BytesMut};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use rpc_peer::{MESSAGES, TEXT};

/// Messages of a download in a chunk: about 16 KiB.
const CHUNK: usize = 200;
/// A `Count` of 50, which is how many records the bench sends, in the binary format and in JSON.
const COUNT: [&[u8]; 2] = [&[8, 50], b"{\"count\":\"50\"}"];
/// A `Count` of 1,000.
const THOUSAND: [&[u8]; 2] = [&[8, 0xe8, 7], b"{\"count\":\"1000\"}"];

/// What is made once.
#[derive(Debug)]
pub struct Prepared {
    trailers: HeaderMap,
    /// In the binary format and in JSON.
    chunks: [Bytes; 2],
}

impl Default for Prepared {
    fn default() -> Self {
        let status = (
            HeaderName::from_static("grpc-status"),
            HeaderValue::from_static("0"),
        );
        let mut message = vec![10, TEXT as u8];
        message.extend([b'x'; TEXT]);
        let json = format!("{{\"text\":\"{}\"}}", "x".repeat(TEXT));
        let messages = [&message[..], json.as_bytes()];
        Prepared {
            trailers: HeaderMap::from_iter([status]),
            chunks: messages.map(|message| enveloped(message).repeat(CHUNK).into()),
        }
    }
}

impl Prepared {
    /// Answers a call.
    ///
    /// # Errors
    ///
    /// Where the request breaks off.
    pub async fn answer(&self, request: Request<Incoming>) -> hyper::Result<Response<Answer>> {
        let (head, body) = request.into_parts();
        let content_type = head.headers.get(CONTENT_TYPE).cloned();
        let content_type = content_type.unwrap_or_else(|| HeaderValue::from_static("none"));
        let kind = content_type.as_bytes();
        let grpc = kind.starts_with(b"application/grpc");
        let format = usize::from(kind.ends_with(b"json"));
        let answer = match head.uri.path().rsplit('/').next().unwrap_or_default() {
            "Echo" | "Large" => self.whole(body.collect().await?.to_bytes(), grpc),
            "Log" => {
                body.collect().await?;
                match grpc {
                    true => self.whole(enveloped(COUNT[format]), true),
                    false => self.whole(Bytes::from_static(COUNT[format]), false),
                }
            }
            "Download" => {
                body.collect().await?;
                Answer::Repeated {
                    data: self.chunks[format].clone(),
                    left: MESSAGES / CHUNK,
                    end: self.end(grpc),
                }
            }
            "Upload" => {
                drained(body).await?;
                match grpc {
                    true => self.whole(enveloped(THOUSAND[format]), true),
                    false => Answer::Repeated {
                        data: enveloped(THOUSAND[format]),
                        left: 1,
                        end: self.end(false),
                    },
                }
            }
            "Chat" => Answer::Through {
                incoming: body,
                end: self.end(grpc),
            },
            _ => {
                let mut response = Response::new(Answer::data(Bytes::new()));
                *response.status_mut() = StatusCode::NOT_FOUND;
                return Ok(response);
            }
        };
        let mut response = Response::new(answer);
        response.headers_mut().insert(CONTENT_TYPE, content_type);
        Ok(response)
    }

    fn whole(&self, data: Bytes, grpc: bool) -> Answer {
        Answer::Whole {
            data: Some(data),
            trailers: grpc.then(|| self.trailers.clone()),
        }
    }

    /// What ends a stream.
    fn end(&self, grpc: bool) -> Box<Answer> {
        Box::new(match grpc {
            true => Answer::Whole {
                data: None,
                trailers: Some(self.trailers.clone()),
            },
            false => Answer::data(Bytes::from_static(&[2, 0, 0, 0, 2, b'{', b'}'])),
        })
    }
}

fn enveloped(message: &[u8]) -> Bytes {
    let mut bytes = BytesMut::with_capacity(message.len() + 5);
    bytes.put_u8(0);
    bytes.put_u32(message.len() as u32);
    bytes.put_slice(message);
    bytes.freeze()
}

async fn drained(mut body: Incoming) -> hyper::Result<()> {
    while let Some(frame) = body.frame().await {
        frame?;
    }
    Ok(())
}
