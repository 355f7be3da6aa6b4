// Encoded messages into WebAssembly, and encoded messages back.

import { COMMUNICATION_ERROR, IrisError } from "../error.js";

/** A message as it stands in a stream. */
export const framed = (message) => message;

/** Sends a message; gives the one that is answered. */
export async function exchange(call, body, repeatable) {
    const exchanging = await begin(call, (connection, ...about) => connection.unary(body, repeatable, ...about));
    const payload = await exchanging.next();
    exchanging.free();
    return payload;
}

/**
 * Sends a framed message, or an `Upload` of them. The `next` of what it gives is the next message of the answer, or
 * `undefined` where the call ended well.
 */
export async function open(call, body, repeatable) {
    return begin(call, (connection, ...about) =>
        body.next
            ? connection.upload(() => body.next(), ...about)
            : connection.stream(body, repeatable, ...about),
    );
}

async function begin(call, start) {
    const connection = await call.client.carrier.connection();
    call.check();
    const left = call.remaining();
    const going = start(connection, call.path, Object.entries(call.headers).flat(), left);
    const free = () => {
        going.free();
        call.signal.removeEventListener("abort", free);
    };
    call.signal.addEventListener("abort", free);
    return {
        free,
        async next() {
            call.check();
            let payload;
            try {
                payload = await going.next();
            } catch (error) {
                throw call.stopped ?? late(call, thrown(error));
            }
            // What arrived before the call was given up is not wanted any more.
            call.check();
            if (!payload) {
                call.finished = true;
                free();
            }
            return payload;
        },
    };
}

/** The same error, or that of the call's deadline, of which two clocks run. */
const late = (call, error) =>
    error.code === COMMUNICATION_ERROR && error.status === "deadline_exceeded"
        ? call.lost(error.internalMessage, error, error.status)
        : error;

/** An error as WebAssembly gives it. */
export function thrown(error) {
    if (!Array.isArray(error)) return error;
    const [code, internalMessage, status, requestId] = error;
    return new IrisError(code, internalMessage, { status, requestId });
}
