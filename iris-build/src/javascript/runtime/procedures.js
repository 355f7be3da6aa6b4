// The four kinds of calls.

import { enveloped } from "./answer.js";
import { Call } from "./call.js";
import { decode } from "./decode.js";
import { INVALID_REQUEST_MESSAGE, INVALID_RESPONSE_MESSAGE, IrisError, communication } from "./error.js";
import { invalidIn } from "./invalid.js";
import { encode } from "./message.js";
import { Upload } from "./upload.js";
import { exchange, open } from "./wire.js";

/** The message of procedures that take or give none. */
export const NOTHING = () => [];

/** For calls that may be repeated where nothing of an answer came. */
export const IDEMPOTENT = true;

/** One message for one. */
export async function unary(client, path, Request, Response, request, options, repeatable) {
    return answered(client, path, options, async (call) => {
        const body = encoded(call, Request, request);
        return decoded(call, Response, await exchange(call, body, repeatable));
    });
}

/** One message for many. */
export function serverStreaming(client, path, Request, Response, request, options, repeatable) {
    return streamed(client, path, options, Response, async (call) =>
        open(call, enveloped(encoded(call, Request, request)), repeatable),
    );
}

/** Many messages for one. */
export async function clientStreaming(client, path, Request, Response, requests, options) {
    return answered(client, path, options, async (call) => {
        const payloads = await open(call, uploading(call, Request, requests));
        const payload = await payloads.next();
        if (!payload) throw miscounted(call, "without a message");
        if (await payloads.next()) throw miscounted(call, "several messages");
        return decoded(call, Response, payload);
    });
}

/** Many messages for many. */
export function bidirectional(client, path, Request, Response, requests, options) {
    return streamed(client, path, options, Response, (call) => open(call, uploading(call, Request, requests)));
}

/** Makes a call, and tells of its failure. */
async function answered(client, path, options, make) {
    const call = new Call(client, path, options);
    try {
        call.check();
        return await make(call);
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
            const payloads = await begin(call);
            for (let payload; (payload = await payloads.next()); ) yield decoded(call, Response, payload);
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
