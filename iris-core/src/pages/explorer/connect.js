// Calls by the Connect protocol (https://connectrpc.com/docs/protocol): "Unary-Request" and "Streaming-Request".

import { isHttp1 } from "./connection.js";

/** The most that is kept of an answer, or of one message of a stream. */
const LIMIT = 64 << 20;

/** Flags of an envelope ("Enveloped-Message", "EndStreamResponse"). */
const COMPRESSED = 1;
const END = 2;

/**
 * Calls a procedure with one message. Gives `{ status, headers, trailers, body, error }`: `status` is HTTP's, `body`
 * the answer's text, `error` that of a failed call, as Connect writes it.
 */
export async function unary(call, message, signal) {
    return outcome(call, "application/json", JSON.stringify(message), signal, async (response, answer) => {
        const text = new TextDecoder().decode(await new Bytes(response.body).rest());
        answer.trailers = answer.headers
            .filter(([name]) => name.startsWith("trailer-"))
            .map(([name, value]) => [name.slice("trailer-".length), value]);
        answer.headers = answer.headers.filter(([name]) => !name.startsWith("trailer-"));
        // Somebody else's answer is shown as well: it tells whose it is.
        if (response.ok) answer.body = text;
        else answer.error = refusal(response, text);
    });
}

/** What may have become of a stream without an answer. */
const DROPPED =
    "Or it refused the stream before all messages were sent: over HTTP/1.1 browsers drop such an answer. Over HTTP/2, which needs https, it is shown.";

/**
 * Calls a procedure that streams. All messages are sent at once: browsers look at no answer before they have sent the
 * whole request (Fetch, `duplex: "half"`), so that sending one after the other would gain nothing, and lose HTTP/1.1.
 * `received` gets the text of each message when it arrives. Gives the same as [unary], without a body.
 */
export async function stream(call, messages, signal, received) {
    const body = new Blob(messages.map(envelope));
    const answer = await outcome(call, "application/connect+json", body, signal, async (response, answer) => {
        const bytes = new Bytes(response.body);
        if (!response.ok || answer.broken) {
            answer.error = refusal(response, new TextDecoder().decode(await bytes.rest()));
            return;
        }
        for (let rested = performance.now(); ;) {
            const head = await bytes.take(5);
            if (!head) throw new Error("The stream broke off: it ended without the message that ends it.");
            const length = new DataView(head.buffer).getUint32(1);
            if (head[0] & COMPRESSED) throw new Error("A message is compressed, which was not asked for.");
            if (length > LIMIT) throw new Error(`A message of ${length} bytes is more than this page reads.`);
            const data = await bytes.take(length);
            if (!data) throw new Error("The stream broke off within a message.");
            const text = new TextDecoder().decode(data);
            if (head[0] & END) {
                const { error, metadata = {} } = JSON.parse(text);
                answer.trailers = Object.entries(metadata).flatMap(([name, values]) =>
                    values.map((value) => [name, value]),
                );
                answer.error = error;
                return;
            }
            received(text);
            // A flood must leave the page time to paint, and a person to press Stop.
            if (performance.now() - rested > 30) {
                await new Promise((resolve) => setTimeout(resolve));
                rested = performance.now();
            }
        }
    });
    if (answer.broken && !answer.status && isHttp1()) answer.broken += ` ${DROPPED}`;
    return answer;
}

/** The headers of a call, as pairs. */
export function headers({ metadata, timeout }, type) {
    const own = [
        ["content-type", type],
        ["connect-protocol-version", "1"],
    ];
    if (timeout) own.push(["connect-timeout-ms", timeout]);
    return [...own, ...metadata];
}

/** Whatever goes wrong is an outcome: one that is Connect's, or in `broken`, in words. */
async function outcome(call, type, body, signal, read) {
    const started = performance.now();
    const answer = { headers: [], trailers: [] };
    try {
        const init = { method: "POST", headers: headers(call, type), body, signal, credentials: "same-origin" };
        const response = await fetch(call.url, { ...init, cache: "no-store" });
        answer.status = response.status;
        answer.headers = [...response.headers];
        const got = response.headers.get("content-type") ?? "missing";
        if (response.ok && got.split(";")[0] !== type) {
            answer.broken = `The answer's content type is ${got}, not ${type}: something else than Iris may have answered.`;
        }
        await read(response, answer);
    } catch (error) {
        if (signal.aborted) answer.stopped = true;
        else if (error instanceof TypeError)
            answer.broken = `The server cannot be reached, or broke off: ${error.message}.`;
        else answer.broken = error.message;
    }
    answer.duration = performance.now() - started;
    return answer;
}

/** The error in the body of a failed call; a proxy may have written something else. */
function refusal(response, text) {
    try {
        const error = JSON.parse(text);
        if (typeof error.code === "string") return error;
    } catch {
        // Not JSON: shown as it is.
    }
    return { message: text.slice(0, 2000) || response.statusText };
}

function envelope(message) {
    const text = new TextEncoder().encode(JSON.stringify(message));
    const bytes = new Uint8Array(5 + text.length);
    new DataView(bytes.buffer).setUint32(1, text.length);
    bytes.set(text, 5);
    return bytes;
}

/** The bytes of a body, by number. */
class Bytes {
    constructor(body) {
        this.reader = body?.getReader();
        this.chunks = [];
        this.length = 0;
    }

    async more() {
        const { done, value } = (await this.reader?.read()) ?? { done: true };
        if (done) return false;
        this.chunks.push(value);
        this.length += value.length;
        return true;
    }

    /** Exactly so many bytes; nothing where the body ends before. */
    async take(count) {
        while (this.length < count) if (!(await this.more())) return undefined;
        const taken = new Uint8Array(count);
        for (let filled = 0; filled < count;) {
            const chunk = this.chunks[0];
            const part = chunk.subarray(0, count - filled);
            taken.set(part, filled);
            filled += part.length;
            if (part.length === chunk.length) this.chunks.shift();
            else this.chunks[0] = chunk.subarray(part.length);
        }
        this.length -= count;
        return taken;
    }

    async rest() {
        while (await this.more()) {
            if (this.length > LIMIT)
                throw new Error(`The answer is larger than ${LIMIT} bytes, which is the most this page reads.`);
        }
        return this.take(this.length);
    }
}
