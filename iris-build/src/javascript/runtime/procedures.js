// The four kinds of calls.

import { Envelopes, collect, contentType, enveloped, unexpected } from "./answer.js";
import { Call } from "./call.js";
import { errorLimit, ending, refusal, stranger } from "./connect.js";
import { INVALID_REQUEST_MESSAGE, INVALID_RESPONSE_MESSAGE, IrisError, communication } from "./error.js";
import { invalidIn } from "./invalid.js";
import { decode, encode } from "./message.js";
import { attempts } from "./retry.js";
import { send } from "./transport.js";
import { Upload } from "./upload.js";

/** Flags of an envelope. */
const END_STREAM = 2;

/** The message of procedures that take or give none. */
export const NOTHING = () => [];

/** For calls that may be repeated where nothing of an answer came. */
export const IDEMPOTENT = true;

/** One message for one. */
export async function unary(client, path, Request, Response, request, options, repeatable) {
    return answered(client, path, options, async (call) => {
        const body = encoded(call, Request, request);
        const payload = await attempts(call, repeatable, async () => {
            const answer = await send(call, "application/proto", body);
            await checkHead(call, answer, "application/proto");
            return collect(answer, call.client.limit);
        });
        return decoded(call, Response, payload);
    });
}

/** One message for many. */
export function serverStreaming(client, path, Request, Response, request, options, repeatable) {
    return streamed(client, path, options, Response, async (call) => {
        const body = enveloped(encoded(call, Request, request));
        return attempts(call, repeatable, () => open(call, body));
    });
}

/** Many messages for one. */
export async function clientStreaming(client, path, Request, Response, requests, options) {
    return answered(client, path, options, async (call) => {
        const envelopes = await open(call, uploading(call, Request, requests));
        const payload = await nextPayload(call, envelopes);
        if (!payload) throw miscounted(call, "without a message");
        if (await nextPayload(call, envelopes)) throw miscounted(call, "several messages");
        return decoded(call, Response, payload);
    });
}

/** Many messages for many. */
export function bidirectional(client, path, Request, Response, requests, options) {
    return streamed(client, path, options, Response, (call) => open(call, uploading(call, Request, requests)));
}

/** Makes a call, and tells of its failure. */
async function answered(client, path, options, exchange) {
    const call = new Call(client, path, options);
    try {
        call.check();
        return await exchange(call);
    } catch (error) {
        throw call.failed(error);
    } finally {
        call.end();
    }
}

/** The messages of an answer. The call begins when the first is asked for, and is given up where its reader leaves. */
function streamed(client, path, options, Response, begin) {
    let call;
    const messages = (async function* () {
        call = new Call(client, path, options);
        try {
            call.check();
            const envelopes = await begin(call);
            for (let payload; (payload = await nextPayload(call, envelopes)); ) yield decoded(call, Response, payload);
        } catch (error) {
            if (!call.left) throw call.failed(error);
        } finally {
            call.end();
        }
    })();
    return {
        next: () => messages.next(),
        return() {
            // The generator cannot be left while it waits.
            call?.leave();
            return messages.return();
        },
        async throw(error) {
            await this.return();
            throw error;
        },
        [Symbol.asyncIterator]() {
            return this;
        },
    };
}

/** Sends a request and looks at the head of its answer, which is a stream. */
async function open(call, body) {
    const answer = await send(call, "application/connect+proto", body);
    await checkHead(call, answer, "application/connect+proto");
    return new Envelopes(answer);
}

/** The next message of an answer, undecoded; `undefined` where the call ended well. */
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

/** The requests of a call, which are no longer wanted when it is over. */
function uploading(call, Request, requests) {
    const upload = new Upload(call, requests, (request) => enveloped(encoded(call, Request, request)));
    call.whenOver(() => upload.stop());
    return upload;
}

const miscounted = ({ client }, what) =>
    communication("unimplemented", `${client.base} answered ${what} where one message was to come`);

function encoded(call, Request, request) {
    try {
        return encode(Request, request);
    } catch (cause) {
        const text = `the request of ${call.path} cannot be sent: ${invalidIn(undefined, cause)}`;
        throw new IrisError(INVALID_REQUEST_MESSAGE, text, { cause });
    }
}

function decoded(call, Response, payload) {
    try {
        const message = decode(Response, payload);
        return Response === NOTHING ? undefined : message;
    } catch (cause) {
        const text = `the answer of ${call.path} does not decode: ${invalidIn(undefined, cause)}`;
        throw new IrisError(INVALID_RESPONSE_MESSAGE, text, { cause });
    }
}
