// Requests by `fetch`.

import { communication, pass } from "./error.js";

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
    // An empty body may be `null`; where there are no streams it is missing.
    if (response.body === undefined) throw communication("unimplemented", "`fetch` gives no streams here");
    const reader = response.body?.getReader();
    return {
        status: response.status,
        header: (name) => response.headers.get(name),
        async next() {
            try {
                return (await reader?.read())?.value;
            } catch (cause) {
                throw call.stopped ?? call.lost(`${client.base} closed the connection in the middle of the answer`, cause);
            }
        },
        cancel() {
            reader?.cancel().catch(() => {});
        },
    };
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
