//! Plain curl: HTTP and JSON, and nothing of Iris, Connect or gRPC.

use super::checks::Checks;
use super::outcome::Answer;
use crate::failure::{Failure, Outcome};
use crate::program::Program;
use serde_json::{Value, json};

/// An HTTP response.
#[derive(Debug)]
struct Response {
    status: u16,
    cookie: String,
    body: String,
}

impl Response {
    /// What is compared: the status and the JSON of the body.
    fn answer(&self) -> Answer {
        let body = serde_json::from_str(&self.body);
        shown(
            self.status,
            &body.unwrap_or_else(|_| Value::from(self.body.as_str())),
        )
    }

    /// As [`Response::answer`], of an error only the code in its detail.
    fn refusal(&self) -> Answer {
        let body: Value = serde_json::from_str(&self.body).unwrap_or_default();
        let code = &body["details"][0]["debug"]["code"];
        shown(
            self.status,
            &json!({ "status": body["code"], "code": code }),
        )
    }
}

fn shown(status: u16, body: &Value) -> Answer {
    Answer::Message(json!({ "http": status, "body": body }))
}

/// Runs curl with these arguments; the last of them is appended to the server's URL.
fn curl(url: &str, arguments: &[&str], path: &str) -> Outcome<Response> {
    let call =
        Program::new("curl").args(["--silent", "--show-error", "--include", "--max-time", "30"]);
    let printed = call.args(arguments).arg(format!("{url}{path}")).stdout()?;
    let unknown = || Failure::new(format!("curl printed no HTTP response:\n{printed}"));
    let (head, body) = printed.split_once("\r\n\r\n").ok_or_else(unknown)?;
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    let set = head
        .lines()
        .find_map(|line| line.strip_prefix("set-cookie: "));
    let cookie = set
        .and_then(|set| set.split(';').next())
        .unwrap_or_default();
    Ok(Response {
        status: status.ok_or_else(unknown)?,
        cookie: cookie.to_owned(),
        body: body.to_owned(),
    })
}

/// The status and the body of what is answered.
pub(crate) fn text(url: &str, arguments: &[&str], path: &str) -> Outcome<(u16, String)> {
    let Response { status, body, .. } = curl(url, arguments, path)?;
    Ok((status, body))
}

/// What a path answers, whole.
pub(super) fn whole(url: &str, path: &str) -> Outcome<Answer> {
    Ok(curl(url, &[], path)?.answer())
}

/// Calls with POST and GET, over HTTP/1.1 and HTTP/2, and wrongly.
pub(crate) fn check(url: &str, checks: &mut Checks) -> Outcome {
    const SIGN_IN: &str = "/users.v1.Sessions/SignIn";
    const PING: &str = "/users.v1.Users/Ping?connect=v1&encoding=json&message=%7B%7D";
    const JSON: [&str; 2] = ["--header", "content-type: application/json"];
    let post = |body: &str, path: &str| curl(url, &[JSON[0], JSON[1], "--data", body], path);
    let refused =
        |http, status: &str, code: i32| shown(http, &json!({ "status": status, "code": code }));

    let signed_in = post(r#"{"name": "ada", "password": "lovelace"}"#, SIGN_IN)?;
    let ada = json!({ "user": { "id": "1", "name": "ada", "admin": true } });
    checks.equal(
        "POST Sessions/SignIn",
        &shown(200, &ada),
        &signed_in.answer(),
    );

    let wrong = post(r#"{"name": "ada", "password": "byron"}"#, SIGN_IN)?;
    let expected = refused(401, "unauthenticated", 0);
    checks.equal(
        "POST Sessions/SignIn with a wrong password",
        &expected,
        &wrong.refusal(),
    );

    let nobody = curl(url, &[], PING)?;
    let expected = refused(403, "permission_denied", 920);
    checks.equal(
        "GET Users/Ping without a session",
        &expected,
        &nobody.refusal(),
    );

    let cookie = ["--cookie", &signed_in.cookie];
    let ping = curl(url, &cookie, PING)?;
    checks.equal("GET Users/Ping", &shown(200, &json!({})), &ping.answer());

    let h2 = ["--http2-prior-knowledge", cookie[0], cookie[1]];
    let ping = curl(url, &h2, PING)?;
    checks.equal(
        "GET Users/Ping over HTTP/2",
        &shown(200, &json!({})),
        &ping.answer(),
    );

    let unknown = post("{}", "/users.v1.Users/Rename")?;
    let expected = refused(404, "unimplemented", 901);
    checks.equal(
        "POST Users/Rename, which there is not",
        &expected,
        &unknown.refusal(),
    );

    let broken = post(r#"{"name": 1"#, SIGN_IN)?;
    let expected = refused(400, "invalid_argument", 910);
    checks.equal(
        "POST Sessions/SignIn with half a message",
        &expected,
        &broken.refusal(),
    );

    let text = curl(
        url,
        &["--header", "content-type: text/plain", "--data", "ada"],
        SIGN_IN,
    )?;
    let expected = shown(415, &json!({}));
    let got = shown(text.status, &json!({}));
    checks.equal("POST Sessions/SignIn with text/plain", &expected, &got);

    let get = curl(url, &[], SIGN_IN)?;
    let (expected, got) = (shown(405, &json!({})), shown(get.status, &json!({})));
    checks.equal(
        "GET Sessions/SignIn, which changes something",
        &expected,
        &got,
    );
    Ok(())
}
