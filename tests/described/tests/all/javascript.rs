//! The package for JavaScript, in Node.js.

use crate::server::server;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tokio::process::Command;
use tokio::time::timeout;

/// Far more than it takes on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(60);

/// Prints nothing where all is as it should be.
const PROGRAM: &str = r#"
import assert from "node:assert/strict";
const { Remotes, IrisError, ErrorCode } = await import(process.argv[1]);

const remotes = new Remotes(process.argv[2]);
const odd = remotes.oddOddV1;
await odd.ping();
assert.equal((await odd.now()).seconds, 7n);
assert.equal((await odd.upper({ value: "text" })).value, "TEXT");
const sent = {
    type: 0.5,
    async: -1n,
    'a "quoted" name': "quoted",
    kind: -1,
    numbers: [1n, -1n],
    byName: new Map([["one", {}]]),
    byNumber: new Map([[1n, 1]]),
    choice: { case: "nestedKind", value: 2 },
    old: { name: "name" },
    root: { text: "root" },
};
const got = await odd.echo(sent);
assert.equal(got.type, 0.5);
assert.equal(got['a "quoted" name'], "quoted");
assert.deepEqual(got.numbers, [1n, -1n]);
assert.deepEqual(got.byNumber, sent.byNumber);
assert.deepEqual(got.choice, sent.choice);
assert.equal(got.old.number, -7n);
assert.equal(got.old.first, 3);
assert.equal(got.root.text, "root");
const seconds = [];
for await (const tick of odd.tick({ count: 3 })) seconds.push(tick.seconds);
assert.deepEqual(seconds, [0n, 1n, 2n]);
const things = [odd.getThing, odd.getThing_, odd.getThing__].map((get) => get.call(odd, {}));
assert.deepEqual((await Promise.all(things)).map(({ count }) => count), [1n, 2n, 3n]);
await assert.rejects(odd.clone({}), (error) =>
    error instanceof IrisError && error.code === ErrorCode.IrisProcedureNotFound);
"#;

#[tokio::test]
async fn node_calls_what_is_described() {
    let (running, url) = server().await;
    let module = Path::new(env!("CARGO_MANIFEST_DIR")).join("typescript/index.js");
    let node = Command::new("node")
        .args(["--input-type=module", "--eval", PROGRAM])
        .arg(module)
        .arg(&url)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let node = timeout(PATIENCE, node).await.expect("it ends");
    let node = node.expect("Node.js 20, which these tests need");
    let told = String::from_utf8_lossy(&node.stderr);
    assert!(node.status.success(), "{told}");
    running.shutdown().await;
}
