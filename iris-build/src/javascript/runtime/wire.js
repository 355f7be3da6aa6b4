// Encoded messages out, and encoded messages back (Connect protocol).

import { Envelopes, collect, contentType, unexpected } from "./answer.js";
import { ending, errorLimit, refusal, stranger } from "./connect.js";
import { communication } from "./error.js";
import { attempts } from "./retry.js";
import { send } from "./transport.js";

/** Flags of an envelope. */
const END_STREAM = 2;

/** Sends a message; gives the one that is answered. */
export function exchange(call, body, repeatable) {
    return attempts(call, repeatable, async () => {
        const answer = await send(call, "application/proto", body);
        await checkHead(call, answer, "application/proto");
        return collect(answer, call.client.limit);
    });
}

/**
 * Sends a message in its envelope, or an `Upload` of them. The `next` of what it gives is the next message of the answer, or
 * `undefined` where the call ended well.
 */
export function open(call, body, repeatable) {
    const attempt = async () => {
        const answer = await send(call, "application/connect+proto", body);
        await checkHead(call, answer, "application/connect+proto");
        const envelopes = new Envelopes(answer);
        return { next: () => nextPayload(call, envelopes) };
    };
    // What a caller gives piece by piece is there once.
    return body.next ? attempt() : attempts(call, repeatable, attempt);
}

async function nextPayload(call, envelopes) {
    // What arrived before the call was given up is not wanted any more.
    call.check();
    const { base, limit } = call.client;
    const envelope = await envelopes.next((flags) => (flags & END_STREAM ? errorLimit(call) : limit));
    if (!envelope) {
        const text = `${base} ended the stream without saying how the call ended; messages may be missing`;
        throw communication("internal", text);
    }
    const { flags, payload } = envelope;
    if (flags === 0) return payload;
    if (flags !== END_STREAM) throw unexpected(call, `sent an envelope with the flags ${flags}, which were not asked for`);
    call.finished = true;
    envelopes.finish(call);
    const error = ending(call, payload);
    if (error) throw error;
    return undefined;
}

/** Looks at the head of an answer. */
async function checkHead(call, answer, asked) {
    if (answer.status !== 200) throw await refusal(call, answer);
    const type = contentType(answer);
    if (type === asked) return;
    if (!/^application\/(json|proto|connect\+.*)$/.test(type)) throw await stranger(call, answer);
    throw unexpected(call, `answered with content type \`${type}\` where \`${asked}\` was asked for`);
}
