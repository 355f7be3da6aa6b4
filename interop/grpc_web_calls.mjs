// Calls the server with every kind of procedure with Google's grpc-web, in gRPC-Web's text form, over an XMLHttpRequest for
// Node.js. Messages are those that proto-loader builds from the emitted `.proto` files.
//
//     node grpc_web_calls.mjs URL PROTO
//
// PROTO is the folder of the emitted `.proto` files.

import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { check, MS } from "./calls.mjs";
import { explained } from "./explained.mjs";

// By require, which finds packages in NODE_PATH: they are installed below the target folder.
const require = createRequire(import.meta.url);
const { loadSync } = require("@grpc/proto-loader");
const { XMLHttpRequest } = require("xmlhttprequest-ssl");
let last;
// What grpc-web looks for when it calls.
globalThis.XMLHttpRequest = function () {
    last = new XMLHttpRequest();
    return last;
};
const { GrpcWebClientBase, MethodDescriptor, MethodType, StatusCode } = require("grpc-web");

const [url, protos] = process.argv.slice(2);

const REMOTES = ["call_facts", "failures", "shapes"].map((name) => `testing/v1/${name}_service.proto`);
const here = fileURLToPath(new URL(".", import.meta.url));
const types = loadSync([...REMOTES, "iris/v1/error.proto", "status.proto"], {
    includeDirs: [protos, here],
    longs: String,
});
const client = new GrpcWebClientBase({ format: "text" });

/** What generated code knows of a procedure such as `Shapes/Echo`: its URL and its description. */
function procedure(path) {
    const [remote, name] = path.split("/");
    const method = types[`testing.v1.${remote}`][name];
    const kind = method.responseStream ? MethodType.SERVER_STREAMING : MethodType.UNARY;
    const { requestSerialize, responseDeserialize } = method;
    const description = new MethodDescriptor(method.path, kind, Object, Object, requestSerialize, responseDeserialize);
    return [url + method.path, description];
}

/** The status of a failed call and the code in its `iris.v1.ErrorDetail`. */
function failure({ code, message, metadata }) {
    const [name] = Object.entries(StatusCode).find(([, number]) => number === code);
    const encoded = metadata?.["grpc-status-details-bin"];
    const bytes = encoded === undefined ? undefined : Buffer.from(encoded, "base64");
    return explained(types, name.toLowerCase().replace("cancelled", "canceled"), { code, message, bytes });
}

/** One message or a failure, as text. */
async function call(path, request, metadata = {}) {
    const [at, description] = procedure(path);
    try {
        return JSON.stringify(await client.unaryCall(at, request, { deadline: soon(MS), ...metadata }, description));
    } catch (error) {
        return failure(error);
    }
}

/** A stream: its events, and how to cancel it. */
function watch(path, request) {
    const [at, description] = procedure(path);
    const call = client.serverStreaming(at, request, { deadline: soon(MS) }, description);
    // Of what was not asked for yet, and of those who asked before it was there.
    const told = [];
    const asking = [];
    const tell = (event) => (asking.length > 0 ? asking.shift()(event) : told.push(event));
    call.on("data", (message) => tell(JSON.stringify(message)));
    call.on("error", (error) => tell(failure(error)));
    call.on("end", () => tell("the end of the stream"));
    const next = () => new Promise((resolve) => (told.length > 0 ? resolve(told.shift()) : asking.push(resolve)));
    return { next, cancel: () => call.cancel() };
}

/** As grpc-web has a deadline: milliseconds of the clock. */
function soon(ms) {
    return String(Date.now() + ms);
}

check("Shapes/Echo", '{"text":"Grüße"}', await call("Shapes/Echo", { text: "Grüße" }));
// grpc-web would read the other form as well.
check("  its type", "application/grpc-web-text+proto", last.getResponseHeader("content-type"));
check("Shapes/Ping", "{}", await call("Shapes/Ping", {}));
// Every length that base64 pads in another way.
for (const text of ["a", "ab", "abc", "abcd", "a".repeat(100_000)]) {
    const echoed = await call("Shapes/Echo", { text });
    check(`Shapes/Echo of ${text.length} bytes`, true, echoed === JSON.stringify({ text }));
}

const { metadata, remaining } = JSON.parse(await call("CallFacts/Facts", {}, { "x-word": "one" }));
check("CallFacts/Facts: metadata", "one", metadata);
check("CallFacts/Facts: a deadline in 30 s", true, Number(remaining) > 0 && Number(remaining) <= MS);

const refused = 'not_found, code 2: no row 7 in "users" {}';
check("Failures/Fail", refused, await call("Failures/Fail", { text: "formatted" }));
const hung = await call("Failures/Hang", {}, { deadline: soon(100) });
check("Failures/Hang until the server's deadline", "deadline_exceeded, code 900", hung.split(":")[0]);

const count = watch("Shapes/Count", { from: 3, to: 6, failAt: -1 });
for (const expected of ['{"number":"3"}', '{"number":"4"}', '{"number":"5"}', "the end of the stream"]) {
    check("Shapes/Count", expected, await count.next());
}
const failing = watch("Shapes/Count", { from: 3, to: 6, failAt: 4 });
for (const expected of ['{"number":"3"}', 'not_found, code 2: no row 4 in "numbers" {}']) {
    check("Shapes/Count that fails", expected, await failing.next());
}
// The first message arrives while the second one is not there.
const open = watch("Failures/HangInStream", {});
check("Failures/HangInStream, which stays open", "{}", await open.next());
open.cancel();
check("Shapes/Ping afterwards", "{}", await call("Shapes/Ping", {}));
// A call that was cancelled may keep its connection.
process.exit();
