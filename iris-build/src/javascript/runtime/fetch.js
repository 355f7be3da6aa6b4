// Requests by `fetch`.

import { pass } from "./error.js";

/** Sends a request and gives the answer, whose body has yet to come. */
export async function byFetch(call, contentType, body) {
    const { client } = call;
    let response;
    try {
        response = await fetch(client.base + call.path, {
            method: "POST",
            headers: call.requestHeaders(contentType),
            body,
            credentials: client.credentials,
            signal: call.signal,
            duplex: "half",
        });
    } catch (cause) {
        throw call.stopped ?? pass(call.lost(`cannot reach ${client.base}: ${reason(client, cause)}`, cause));
    }
    const { status, headers } = response;
    const pieces = read(response);
    return {
        status,
        header: (name) => headers.get(name),
        async next() {
            try {
                return (await pieces.next()).value;
            } catch (cause) {
                throw call.stopped ?? call.lost(`${client.base} closed the connection in the middle of the answer`, cause);
            }
        },
    };
}

/** The pieces of a body, none of which is read before it is asked for. */
async function* read(response) {
    // Where there are no streams. Elsewhere even a short answer is read piece by piece: it may unpack to a long one.
    if (response.body === undefined) {
        yield new Uint8Array(await response.arrayBuffer());
        return;
    }
    const reader = response.body?.getReader();
    for (let piece; (piece = await reader?.read()) && !piece.done; ) yield piece.value;
}

/** Why there is no answer. Browsers keep it to themselves; Node tells. */
function reason({ base }, { cause }) {
    if (globalThis.navigator?.onLine === false) return "this device is offline";
    if (cause) return cause.message || cause.code;
    const { origin } = globalThis.location ?? {};
    const foreign = origin && !base.startsWith(`${origin}/`) && base !== origin;
    return foreign
        ? `check the URL and the network, and that the server allows pages of ${origin} (allow_origins)`
        : "check the URL and the network";
}
