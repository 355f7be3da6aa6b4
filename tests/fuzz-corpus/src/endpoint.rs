//! URLs of servers, and the addresses of procedures that are made of them.

use crate::clock::run;
use crate::input::Input;
use http::{Request, Response, Uri};
use iris_client::{Client, IrisError, Method, RetryPolicy, Status};
use iris_core::Body;
use std::convert::Infallible;
use std::future::ready;
use std::sync::{Arc, Mutex};
use tower::service_fn;

const PATH: &str = "/fuzz.v1.Mirror/Ping";

/// A URL is refused with a reason, or calls go to the host that it names, below its path, and nowhere else.
pub fn endpoint(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let shape = input.byte();
    let text = String::from_utf8_lossy(input.rest());
    let url = match shape % 4 {
        0 => text.into_owned(),
        1 => format!("http://{text}"),
        2 => format!("https://{text}"),
        _ => format!("http://host/{text}"),
    };
    let called = Arc::new(Mutex::new(None));
    let service = service_fn({
        let called = called.clone();
        move |request: Request<Body>| {
            *called.lock().expect("a lock") = Some(request.uri().clone());
            ready(Ok::<_, Infallible>(Response::new(Body::empty())))
        }
    });
    let builder = Client::builder(&url).retry(RetryPolicy::never());
    let client = match builder.build_in_process(service) {
        Ok(client) => client,
        Err(error) => {
            assert_eq!((error.code, error.status), (900, Status::InvalidArgument));
            assert!(!error.internal_message.trim().is_empty());
            return;
        }
    };
    // Where it may be called it may be connected to: nothing is yet, but names and ports were looked at.
    let connecting = run(async { Client::connect(&url).map(|_| ()) }).expect("an end");
    assert!(connecting.is_ok(), "{url}: {connecting:?}");
    // The answer is none of Iris's; what counts is where the call went.
    let answer: Result<(), IrisError> =
        run(async { client.unary(Method::<(), ()>::new(PATH), ()).await }).expect("an end");
    assert!(answer.is_err());
    let called = called.lock().expect("a lock").take();
    goes_where_it_says(&url, &called.expect("a call"));
}

fn goes_where_it_says(url: &str, called: &Uri) {
    let (scheme, rest) = url.split_once("://").expect("a scheme");
    let (authority, prefix) = match rest.find('/') {
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    };
    for unwanted in ['@', '?', '#'] {
        assert!(!url[..url.len() - prefix.len()].contains(unwanted), "{url}");
    }
    assert!(!prefix.contains(['?', '#']), "{url}");
    assert_eq!(
        called.path(),
        format!("{}{PATH}", prefix.trim_end_matches('/'))
    );
    assert_eq!(called.query(), None, "{url}");
    assert!(
        called
            .scheme_str()
            .is_some_and(|called| called.eq_ignore_ascii_case(scheme))
    );
    assert_eq!(
        called.authority().expect("an authority").as_str(),
        authority
    );
}
