// What is no Iris server, or only begins like one. It answers as the first part of the path says.

import http from "node:http";
import { socket } from "./strange-sockets.mjs";

const PROTO = "application/proto";
const STREAM = "application/connect+proto";
const NUMBER_1 = [0x08, 1];

/** Starts it; gives its URL, and what it heard over sockets. */
export async function stranger() {
    const heard = [];
    const waiting = [];
    const counts = new Map();
    const server = http.createServer((request, response) => {
        response.setHeader("access-control-allow-origin", request.headers.origin ?? "*");
        response.setHeader("access-control-allow-headers", "*, connect-protocol-version, content-type, connect-accept-encoding");
        const behaviour = request.url.split("/")[1];
        if (request.method === "OPTIONS") return response.writeHead(204).end();
        const count = (counts.get(behaviour) ?? 0) + 1;
        counts.set(behaviour, count);
        answers[behaviour]?.(response, count, waiting) ?? response.writeHead(404).end();
    });
    server.on("upgrade", (request, connection) => {
        const behaviour = request.url.split("/")[1];
        const count = (counts.get(behaviour) ?? 0) + 1;
        counts.set(behaviour, count);
        socket(behaviour, count, request, connection, { heard, waiting });
    });
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    return {
        url: `http://127.0.0.1:${server.address().port}`,
        heard: () => heard.join(", "),
        forget: () => heard.splice(0),
        breakOff: () => waiting.splice(0).forEach((one) => one.destroy()),
        close() {
            server.closeAllConnections();
            server.close();
        },
    };
}

export function envelope(flags, message) {
    const data = Buffer.from(message);
    const head = Buffer.alloc(5);
    head.writeUInt8(flags, 0);
    head.writeUInt32BE(data.length, 1);
    return Buffer.concat([head, data]);
}

export const text = (text) => Buffer.concat([Buffer.from([0x0a, text.length]), Buffer.from(text)]);

/** Sends the beginning of an answer, and then closes the connection. */
function breakOff(response, headers, beginning) {
    response.writeHead(200, headers);
    response.write(beginning, () => setImmediate(() => response.destroy()));
    return response;
}

/** Sends the beginning of a stream, and closes the connection once it is told to: a browser forgets what it did not give
 * to the page before. */
function breakOffLater(response, waiting, ...beginning) {
    response.writeHead(200, { "content-type": STREAM });
    response.write(Buffer.concat(beginning));
    waiting.push(response);
    return response;
}

const unavailable = (response) =>
    response.writeHead(503, { "content-type": "application/json" }).end('{"code": "unavailable"}');

const answers = {
    page: (response) => response.writeHead(200, { "content-type": "text/html" }).end("<h1>Sign in</h1>"),
    gateway: (response) => response.writeHead(502, { "content-type": "text/html" }).end("<h1>Bad gateway</h1>"),
    flaky: (response, count) =>
        count < 3 ? unavailable(response) : response.writeHead(200, { "content-type": PROTO }).end(text("third")),
    unavailable,
    newer(response) {
        const detail = Buffer.concat([Buffer.from([0x08, ...varint(777), 0x12, 11]), Buffer.from("of tomorrow")]);
        const details = [{ type: "iris.v1.ErrorDetail", value: detail.toString("base64").replace(/=+$/, "") }];
        const body = JSON.stringify({ code: "not_found", message: "other", details });
        return response.writeHead(404, { "content-type": "application/json" }).end(body);
    },
    fields(response) {
        // Field 1 between field 99 and a group.
        const unknown = Buffer.from([0x98, 0x06, 1]);
        const group = Buffer.from([0xa3, 0x06, 0x08, 1, 0xa4, 0x06]);
        return response
            .writeHead(200, { "content-type": PROTO })
            .end(Buffer.concat([unknown, text("known"), group]));
    },
    "no-answer": (response) => response.destroy(),
    short: (response) => breakOff(response, { "content-type": PROTO, "content-length": 10 }, text("half")),
    "short-and-large": (response) =>
        breakOff(response, { "content-type": PROTO, "content-length": 1_000_000 }, text("half")),
    "within-message": (response, _, waiting) =>
        breakOffLater(response, waiting, envelope(0, NUMBER_1), envelope(0, NUMBER_1).subarray(0, 6)),
    "within-prefix": (response, _, waiting) =>
        breakOffLater(response, waiting, envelope(0, NUMBER_1), Buffer.from([0, 0])),
    "after-message": (response, _, waiting) => breakOffLater(response, waiting, envelope(0, NUMBER_1)),
    "no-end": (response) => response.writeHead(200, { "content-type": STREAM }).end(envelope(0, NUMBER_1)),
    cut: (response) =>
        response
            .writeHead(200, { "content-type": STREAM })
            .end(Buffer.concat([envelope(0, NUMBER_1), envelope(0, NUMBER_1).subarray(0, 6)])),
    longest: (response) =>
        response
            .writeHead(200, { "content-type": STREAM })
            .end(Buffer.concat([envelope(0, NUMBER_1), Buffer.from([0, 0xff, 0xff, 0xff, 0xff, 0x08, 1])])),
    "odd-error": (response) =>
        response.writeHead(400, { "content-type": "application/json" }).end('{"oops": 1}'),
};

function varint(number) {
    const bytes = [];
    for (; number > 127; number = Math.floor(number / 128)) bytes.push((number % 128) | 128);
    return [...bytes, number];
}
