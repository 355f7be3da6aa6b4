// Answers: their bytes as they arrive, one message or a stream of them.
//
// An answer is `{ status, header(name), next() }`, whichever way it comes. `next` gives the next bytes of the body, and
// `undefined` at its end.

import { INVALID_RESPONSE_MESSAGE, IrisError, MESSAGE_TOO_LARGE, communication } from "./error.js";

/** The content type without parameters; empty where there is none. */
export const contentType = (answer) => (answer.header("content-type") ?? "").split(";")[0].trim().toLowerCase();

function checkLength(length, limit) {
    if (length <= limit) return;
    const text = `the answer has at least ${length} bytes, more than the limit of ${limit}`;
    throw new IrisError(MESSAGE_TOO_LARGE, text);
}

/** A whole body, read no further than `limit`. */
export async function collect(answer, limit) {
    const chunks = [];
    let length = 0;
    for (let chunk; (chunk = await answer.next()); ) {
        chunks.push(chunk);
        length += chunk.length;
        checkLength(length, limit);
    }
    return chunks.length === 1 ? chunks[0] : joined(chunks, length);
}

/** The beginning of a body, for messages: the rest of a long page is not read. */
export async function beginning(answer, wanted) {
    const chunks = [];
    let length = 0;
    try {
        for (let chunk; length < wanted && (chunk = await answer.next()); length += chunk.length) chunks.push(chunk);
    } catch {
        // What came is shown all the same.
    }
    return joined(chunks, length).subarray(0, wanted);
}

function joined(chunks, length) {
    const bytes = new Uint8Array(length);
    let at = 0;
    for (const chunk of chunks) {
        bytes.set(chunk, at);
        at += chunk.length;
    }
    return bytes;
}

/** The bytes before each message of a stream: flags, and a length (Connect protocol, "Enveloped-Message"). */
const PREFIX = 5;

/** A message in its envelope. */
export function enveloped(message) {
    const bytes = new Uint8Array(PREFIX + message.length);
    new DataView(bytes.buffer).setUint32(1, message.length);
    bytes.set(message, PREFIX);
    return bytes;
}

/** Takes envelopes out of an answer. Nothing is read that is not asked for. */
export class Envelopes {
    #answer;
    #chunk = new Uint8Array();
    #at = 0;

    constructor(answer) {
        this.#answer = answer;
    }

    /** The next envelope, `undefined` at the body's end. */
    async next(limit) {
        const prefix = await this.#take(PREFIX);
        if (!prefix) return undefined;
        const length = new DataView(prefix.buffer, prefix.byteOffset).getUint32(1);
        checkLength(length, limit(prefix[0]));
        const payload = await this.#take(length);
        if (!payload) throw truncated();
        return { flags: prefix[0], payload };
    }

    /** So many bytes, `undefined` where the body ends before the first of them. */
    async #take(count) {
        const end = this.#at + count;
        if (end <= this.#chunk.length) {
            const bytes = this.#chunk.subarray(this.#at, end);
            this.#at = end;
            return bytes;
        }
        const bytes = new Uint8Array(count);
        for (let filled = 0; ; ) {
            const part = this.#chunk.subarray(this.#at, this.#at + count - filled);
            bytes.set(part, filled);
            filled += part.length;
            this.#at += part.length;
            if (filled === count) return bytes;
            const chunk = await this.#answer.next();
            if (!chunk && filled > 0) throw truncated();
            if (!chunk) return undefined;
            this.#chunk = chunk;
            this.#at = 0;
        }
    }

    /** Looks whether the body ends here, without waiting for it: read to its end, its connection serves other calls. */
    finish(call) {
        const over = this.#at === this.#chunk.length ? this.#answer.next() : Promise.resolve(true);
        over.then(
            (more) => more && call.abandon(),
            () => {},
        );
    }
}

const truncated = () => new IrisError(INVALID_RESPONSE_MESSAGE, "the body ended inside an envelope");

/** The server did something that its protocol does not know. */
export const unexpected = (call, what) => communication("internal", `${call.client.base} ${what}`);
