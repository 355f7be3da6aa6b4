// Servers that answer as no Iris server should, or as one does that is not to be had for a test.

import { once } from "node:events";
import { createServer, request as send } from "node:http";

const PROTO = { "content-type": "application/proto" };
const STREAM = { "content-type": "application/connect+proto" };
const JSON_TYPE = { "content-type": "application/json" };
const PAGE = "<!doctype html>\n<title>Sign in</title>";

/** The messages `Text` and `Number` of `testing.v1`, in protobuf's encoding. */
const text = (text) => Buffer.concat([Buffer.from([0x0a, text.length]), Buffer.from(text)]);
const number = (number) => Buffer.from([0x08, number]);

/** A message of a stream. */
function envelope(flags, payload, length = payload.length) {
    const head = Buffer.alloc(5);
    head.writeUInt8(flags, 0);
    head.writeUInt32BE(length, 1);
    return Buffer.concat([head, Buffer.from(payload)]);
}

const end = (json = {}) => envelope(2, JSON.stringify(json));

/** Answers with this. */
const answer = (status, headers, body) => (exchange) => exchange.response.writeHead(status, headers).end(body);
const proto = (body) => answer(200, PROTO, body);
const stream = (...envelopes) => answer(200, STREAM, Buffer.concat(envelopes));
const error = (status, body) => answer(status, JSON_TYPE, typeof body === "string" ? body : JSON.stringify(body));

/** The `iris.v1.ErrorDetail` of a code, a message and a request id. */
function detail(code, message, id) {
    const varint = code < 128 ? [code] : [(code & 127) | 128, code >> 7];
    const strings = [message, id].map((text, index) => [0x12 + 8 * index, text.length, ...Buffer.from(text)]);
    const value = Buffer.from([0x08, ...varint, ...strings.flat()]).toString("base64");
    return { type: "iris.v1.ErrorDetail", value };
}

/** Sends the request on with another body, and its answer back. */
async function forward({ request, response, target }, body) {
    const headers = { ...request.headers, "content-length": body.length };
    const onward = send(new URL(request.url, target), { method: request.method, headers });
    onward.end(body);
    const [back] = await once(onward, "response");
    response.writeHead(back.statusCode, { "content-type": back.headers["content-type"] });
    back.pipe(response);
}

const STUBS = {
    // Calls with one answer.
    prefixed: ({ request, response }) =>
        response.writeHead(200, PROTO).end(text(request.url.replace("/testing.v1.Shapes/Echo", ""))),
    unimplemented: error(404, { code: "unimplemented", message: "nothing here" }),
    spoiling: (exchange) => forward(exchange, Buffer.from([0x0a, 0x7f])),
    emptying: (exchange) => forward(exchange, Buffer.alloc(0)),
    undecodable: proto(Buffer.from([0x0a, 0x02, 0xff, 0xff])),
    "unknown-fields": proto(Buffer.concat([Buffer.from([0x7a, 0x01, 0x00, 0xfb, 0x01, 0xfc, 0x01]), text("known")])),
    "unknown-code": error(500, { code: "data_loss", message: "?", details: [detail(4711, "newer", "r-1")] }),
    html: answer(200, { "content-type": "text/html; charset=utf-8" }, PAGE),
    "bad-gateway": answer(502, { "content-type": "text/html" }, PAGE),
    "not-found": answer(404, { "content-type": "text/plain" }, "\nno such\tpage"),
    "redirected-to-html": ({ request, response }) =>
        request.method === "POST"
            ? response.writeHead(302, { location: "/page" }).end()
            : response.writeHead(200, { "content-type": "text/html" }).end(PAGE),
    empty: answer(200, {}, ""),
    binary: answer(200, { "content-type": "application/octet-stream" }, Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0])),
    "json-in-place-of-protobuf": answer(200, JSON_TYPE, "{}"),
    "error-of-a-proxy": error(503, { code: "unavailable", message: "upstream connect error" }),
    "error-without-a-code": error(403, { message: "not for you" }),
    "error-without-words": error(404, { code: "not_found" }),
    "error-with-a-broken-detail": error(409, {
        code: "aborted",
        message: "words",
        details: [{ type: "iris.v1.ErrorDetail", value: "////" }, null, 5],
    }),
    "error-that-is-no-json": error(500, '{"code": '),
    "cut-short": ({ response }) => {
        response.writeHead(200, { ...PROTO, "content-length": 1000 }).write(text("a"));
        response.socket.end();
    },
    closing: ({ response }) => response.destroy(),
    "unavailable-with-a-code": error(503, { code: "unavailable", message: "?", details: [detail(5, "full", "")] }),
    "turning-away": error(503, { code: "unavailable", message: "?", details: [detail(900, "full", "")] }),
    "failing-twice": ({ count, ...exchange }) => (count < 3 ? STUBS["bad-gateway"] : proto(text("third")))(exchange),
    relative: proto(text("relative")),
    // Streams.
    "undecodable-stream": stream(envelope(0, number(1)), envelope(0, [0x08]), end()),
    "stream-cut-short": ({ response }) => {
        response.writeHead(200, STREAM).write(envelope(0, number(1)));
        setImmediate(() => response.destroy());
    },
    "stream-ending-in-an-envelope": stream(envelope(0, number(1)), envelope(0, number(2)).subarray(0, 6)),
    "stream-ending-in-a-prefix": stream(envelope(0, number(1)), Buffer.from([0, 0])),
    "stream-without-an-end": stream(envelope(0, number(1)), envelope(0, number(2))),
    "stream-with-an-end-that-is-none": stream(envelope(0, number(1)), envelope(2, "[")),
    "stream-with-a-compressed-envelope": stream(envelope(0, number(1)), envelope(1, number(2)), end()),
    "stream-with-an-error-without-a-code": stream(end({ error: { message: "words" } })),
    "stream-in-json": answer(200, { "content-type": "application/connect+json" }, end()),
    "stream-over-the-limit": stream(envelope(0, number(1)), envelope(0, [], 2 ** 32 - 1)),
    "two-messages": stream(envelope(0, number(1)), envelope(0, number(2)), end()),
    "no-message": stream(end()),
    flooding: async ({ response }) => {
        const blob = envelope(0, Buffer.concat([Buffer.from([0x0a, 0x80, 0x80, 0x04]), Buffer.alloc(65_536)]));
        response.writeHead(200, STREAM);
        const gone = once(response, "close");
        for (let sent = 0; sent < 256 << 20 && !response.destroyed; sent += blob.length) {
            if (!response.write(blob)) await Promise.race([once(response, "drain"), gone]);
        }
        response.end();
    },
    // To pages of no origin but its own.
    "another-origin": ({ response }) => response.writeHead(200).end(),
};

/** A server that answers so. It notes what it was asked. */
export async function stub(name, target) {
    const seen = [];
    let sent = () => 0;
    const server = createServer(async (request, response) => {
        if (name !== "another-origin") allow(request, response);
        if (request.method === "OPTIONS") {
            response.end();
            return;
        }
        seen.push(`${request.method} ${request.url}`);
        sent = () => response.socket?.bytesWritten ?? 0;
        request.resume();
        await once(request, "end");
        STUBS[name]({ request, response, target, count: seen.length });
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return {
        url: `http://127.0.0.1:${server.address().port}`,
        seen: () => seen.join("\n"),
        sent: () => sent(),
        close() {
            server.close();
            server.closeAllConnections();
        },
    };
}

/** Answers one request as a stub does. */
export const answering = (name, request, response) => STUBS[name]({ request, response, count: 1 });

/** Lets the page read the answer. */
function allow(request, response) {
    response.setHeader("access-control-allow-origin", "*");
    response.setHeader("access-control-allow-headers", request.headers["access-control-request-headers"] ?? "");
}
