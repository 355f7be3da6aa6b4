// What is sent over a WebSocket: binary messages of a type, a stream and a payload, each of them a frame.

export const SUBPROTOCOL = "iris.v1";

export const HEAD = 1;
export const DATA = 2;
export const END = 3;
export const RESET = 4;
export const WINDOW = 5;
export const PING = 6;
export const PONG = 7;
export const GO_AWAY = 8;

/** Why a stream is reset. */
export const CANCELLED = 0;
export const REFUSED = 1;
export const PROTOCOL_BROKEN = 2;
export const WINDOW_BROKEN = 3;

/** The most bytes of a body in one frame, and what may be sent on a stream before its receiver has read. */
export const MOST_DATA = 65_536;
export const FIRST_WINDOW = 262_144;
export const MOST_WINDOW = 2_147_483_647;

/** The length of type and stream, in bytes. */
export const FRAME_PREFIX = 5;

export function frame(type, stream, payload) {
    const bytes = new Uint8Array(FRAME_PREFIX + payload.length);
    bytes[0] = type;
    new DataView(bytes.buffer).setUint32(1, stream);
    bytes.set(payload, FRAME_PREFIX);
    return bytes;
}

/** A number of 32 bits as a payload. */
export function numbered(number) {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, number);
    return bytes;
}

/** The path or the status, and headers, a line each. */
export function writeHead(path, headers) {
    const lines = Object.entries(headers).map(([name, value]) => `\n${name}: ${value}`);
    return new TextEncoder().encode(path + lines.join(""));
}

/** The status, and what looks a header up. */
export function readHead(payload) {
    const [status, ...lines] = new TextDecoder().decode(payload).split("\n");
    const headers = new Map();
    for (const line of lines) {
        const [name, value] = line.split(/: (.*)/s);
        headers.set(name, headers.has(name) ? `${headers.get(name)}, ${value}` : value);
    }
    return { status: Number(status), header: (name) => headers.get(name) ?? null };
}
