//! Procedures whose names are known only when the program runs.

use crate::messages::{Note, note};
use iris_client::{Client, IrisError, Method, Mock, ServerStreaming, Status, Unary};

#[tokio::test]
async fn a_dynamic_method_is_called_as_a_constant_one_is() {
    let remote = String::from("test.v1.Notes");
    let echo = Method::dynamic(format!("/{remote}/Echo")).no_side_effects();
    let watch = Method::dynamic(format!("/{remote}/Watch"));
    let client = Mock::new()
        .on(echo.clone(), |request: Note| match request.text.as_str() {
            "" => Err(IrisError::new(3, "nothing to say")),
            _ => Ok(request),
        })
        .on_stream(watch.clone(), |request: Note| [Ok(request)])
        .client();
    let mut failures = client.on_error();

    let call: Unary<Note, Note> = client.unary(echo.clone(), note("hello")).get();
    assert_eq!(call.await.unwrap(), note("hello"));
    let call: ServerStreaming<Note, Note> = client.server_streaming(watch, note("hello"));
    let mut stream = call.await.unwrap();
    assert_eq!(stream.message().await.unwrap(), Some(note("hello")));

    let call: Unary<Note, Note> = client.unary(echo, note(""));
    assert_eq!(call.await.unwrap_err().code, 3);
    let failure = failures.next().await.unwrap();
    assert_eq!(failure.path(), "/test.v1.Notes/Echo");
}

#[tokio::test]
async fn a_path_that_is_none_is_not_called() {
    let client = Client::connect("http://127.0.0.1:1/api").unwrap();
    for path in [
        "",
        "test.v1.Notes/Add",
        "/test.v1.Notes/Add?a=b",
        "/a/b#c",
        "/a b/c",
    ] {
        let method = Method::<Note, Note>::dynamic(path.to_owned());
        let call: Unary<Note, Note> = client.unary(method, note("hello"));
        let error = call.await.unwrap_err();
        assert_eq!(
            (error.code, error.status),
            (900, Status::InvalidArgument),
            "{path}: {error}"
        );
    }
}
