// WebSockets (RFC 6455) that are wrong about the calls on them.

import { createHash } from "node:crypto";
import { envelope, text } from "./stranger.mjs";

const NAMES = [, "HEAD", "DATA", "END", "RESET", "WINDOW", "PING", "PONG", "GOAWAY"];
const [HEAD, DATA, END, RESET, WINDOW, PONG, GOAWAY] = [1, 2, 3, 4, 5, 7, 8];
const UNARY = "200\ncontent-type: application/proto";
const STREAM = "200\ncontent-type: application/connect+proto";

/** Answers a handshake, and then what comes, as the behaviour says. `count` is how often it was asked for. */
export function socket(behaviour, count, request, connection, { heard, waiting }) {
    connection.on("error", () => {});
    if (behaviour === "page" || (behaviour === "later" && count === 1)) {
        return connection.end("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    }
    const key = request.headers["sec-websocket-key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    const accept = createHash("sha1").update(key).digest("base64");
    const protocol = behaviour === "without-protocol" ? "" : "sec-websocket-protocol: iris.v1\r\n";
    connection.write(
        `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n` +
            `sec-websocket-accept: ${accept}\r\n${protocol}\r\n`,
    );
    const peer = {
        count,
        connection,
        waiting,
        raw: (opcode, payload) => connection.write(message(opcode, payload)),
        send: (type, stream, payload = []) => connection.write(message(2, frame(type, stream, payload))),
        close(code, reason) {
            this.closed = true;
            connection.write(message(8, Buffer.concat([u16(code), Buffer.from(reason)])));
        },
        answer(stream) {
            this.send(HEAD, stream, UNARY);
            this.send(DATA, stream, text("answer"));
            this.send(END, stream);
        },
    };
    let unread = Buffer.alloc(0);
    connection.on("data", (data) => {
        unread = Buffer.concat([unread, data]);
        for (let received; (received = next(unread)); unread = unread.subarray(received.length)) {
            const { opcode, payload } = received;
            if (opcode === 8) {
                connection.end(peer.closed ? undefined : message(8, payload.subarray(0, 2)));
            } else if (opcode === 2) {
                const [type, stream] = [payload[0], payload.readUInt32BE(1)];
                heard.push(`${NAMES[type]} ${stream}`);
                behaviours[behaviour]?.[type]?.(peer, stream, payload.subarray(5));
            }
        }
    });
}

/** What is done when a frame of a type arrives. */
const behaviours = {
    later: { [END]: (peer, stream) => peer.answer(stream) },
    text: { [HEAD]: (peer) => peer.raw(1, "hello") },
    "three-bytes": { [HEAD]: (peer) => peer.raw(2, [1, 2, 3]) },
    "data-on-0": { [HEAD]: (peer) => peer.send(DATA, 0, [1]) },
    "odd-head": { [HEAD]: (peer, stream) => peer.send(HEAD, stream, "fine") },
    "two-heads": {
        [HEAD](peer, stream) {
            peer.send(HEAD, stream, STREAM);
            peer.send(HEAD, stream, STREAM);
        },
    },
    "too-much-data": {
        [HEAD](peer, stream) {
            peer.send(HEAD, stream, STREAM);
            // Each has one field that the client does not know: 15, with 60,000 bytes.
            const unknown = Buffer.concat([Buffer.from([0x7a, 0xe0, 0xd4, 0x03]), Buffer.alloc(60_000)]);
            for (let index = 0; index < 20; index++) peer.send(DATA, stream, envelope(0, unknown));
        },
    },
    "wide-window": { [HEAD]: (peer, stream) => peer.send(WINDOW, stream, u32(0x7fff_ffff)) },
    "end-alone": { [HEAD]: (peer, stream) => peer.send(END, stream) },
    "reset-internal": { [HEAD]: (peer, stream) => peer.send(RESET, stream, [4]) },
    "close-1002": { [HEAD]: (peer) => peer.close(1002, "because") },
    "unknown-frames": {
        [END](peer, stream) {
            peer.send(0x77, 0, [1, 2, 3]);
            peer.send(0x77, stream);
            // Of a stream that was never there.
            peer.send(DATA, 77, [1]);
            peer.answer(stream);
        },
    },
    "within-frame": {
        [HEAD](peer, stream) {
            peer.send(HEAD, stream, STREAM);
            const data = message(2, frame(DATA, stream, envelope(0, [0x08, 1])));
            peer.connection.write(data.subarray(0, data.length - 2));
            peer.waiting.push(peer.connection);
        },
    },
    "half-an-envelope": {
        [HEAD](peer, stream) {
            peer.send(HEAD, stream, STREAM);
            peer.send(DATA, stream, Buffer.concat([envelope(0, [0x08, 1]), envelope(0, [0x08, 2]).subarray(0, 6)]));
            peer.send(END, stream);
        },
    },
    "no-last-word": {
        [HEAD](peer, stream) {
            peer.send(HEAD, stream, STREAM);
            peer.send(DATA, stream, envelope(0, [0x08, 1]));
            peer.send(END, stream);
        },
    },
    "refuses-twice": {
        [HEAD]: (peer, stream) => stream < 3 && peer.send(RESET, stream, [1]),
        [END]: (peer, stream) => stream >= 3 && peer.answer(stream),
    },
    refuses: { [HEAD]: (peer, stream) => peer.send(RESET, stream, [1]) },
    cancels: { [HEAD]: (peer, stream) => peer.send(RESET, stream, [0]) },
    "goes-away": {
        [HEAD](peer) {
            if (peer.count !== 2) {
                peer.send(GOAWAY, 0, u32(0));
                peer.close(1001, "");
            }
        },
        [END](peer, stream) {
            if (peer.count === 2) {
                peer.send(HEAD, stream, UNARY);
                peer.send(END, stream);
            }
        },
    },
    "goes-away-after-1": {
        [HEAD]: (peer) => peer.send(GOAWAY, 0, u32(1)),
        [END]: (peer, stream) => peer.answer(stream),
    },
    // Lets the caller send 1 GiB, and reads nothing.
    lures: {
        [HEAD](peer, stream) {
            peer.connection.pause();
            peer.send(HEAD, stream, STREAM);
            peer.send(WINDOW, stream, u32(0x4000_0000));
        },
    },
    "answers-pings": { 6: (peer, _, payload) => peer.send(PONG, 0, payload) },
};

function frame(type, stream, payload) {
    return Buffer.concat([Buffer.from([type]), u32(stream), Buffer.from(payload)]);
}

/** A message of RFC 6455 in one frame, as servers send it. */
function message(opcode, payload) {
    const data = Buffer.from(payload);
    const length = data.length < 126 ? Buffer.from([data.length]) : Buffer.concat([Buffer.from([126]), u16(data.length)]);
    return Buffer.concat([Buffer.from([0x80 | opcode]), length, data]);
}

/** The first message of what was received, as clients send it, and its length. */
function next(bytes) {
    if (bytes.length < 2) return undefined;
    let [length, at] = [bytes[1] & 0x7f, 2];
    if (length === 126 && bytes.length >= 4) [length, at] = [bytes.readUInt16BE(2), 4];
    if (length === 127 && bytes.length >= 10) [length, at] = [Number(bytes.readBigUInt64BE(2)), 10];
    const mask = bytes.subarray(at, at + 4);
    const payload = Buffer.from(bytes.subarray(at + 4, at + 4 + length));
    if (mask.length < 4 || payload.length < length) return undefined;
    for (let index = 0; index < length; index++) payload[index] ^= mask[index % 4];
    return { opcode: bytes[0] & 0x0f, payload, length: at + 4 + length };
}

function u16(number) {
    const bytes = Buffer.alloc(2);
    bytes.writeUInt16BE(number);
    return bytes;
}

function u32(number) {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(number);
    return bytes;
}
