// Which way a request goes.

import { communication } from "./error.js";
import { byFetch } from "./fetch.js";
import { Upload } from "./upload.js";

/** Sends a request: bytes, or a stream of requests. Gives its answer, whose body has yet to come. */
export async function send(call, contentType, body) {
    if (!(body instanceof Upload)) return byFetch(call, contentType, body);
    if (!canStream()) throw communication("unimplemented", "this browser cannot send a stream of requests by fetch");
    return byFetch(call, contentType, body.stream());
}

/** Whether `fetch` takes a stream for a body: where it does not, it takes it for text, and does not ask for `duplex`. */
function canStream() {
    let asked = false;
    const init = {
        method: "POST",
        body: new ReadableStream(),
        get duplex() {
            asked = true;
            return "half";
        },
    };
    return !new Request("http://localhost", init).headers.has("content-type") && asked;
}
