// Which way a request goes.

import { communication } from "./error.js";
import { byFetch } from "./fetch.js";

/** Sends a request: bytes, or an `Upload`. Gives its answer, whose body has yet to come. */
export async function send(call, contentType, body) {
    const { streams, sockets } = call.client;
    const hasSocket = typeof WebSocket !== "undefined";
    if (streams === "websocket" || (streams === "auto" && body.next && hasSocket)) {
        if (!hasSocket) throw communication("unimplemented", "there is no WebSocket here: Node.js has one from version 22 on");
        return sockets.send(call, contentType, body);
    }
    return byFetch(call, contentType, body.next ? body.stream() : body);
}
