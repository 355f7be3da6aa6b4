// Calls over a WebSocket: many over one, which is opened by the first that needs it, and again by the first after it was lost.

import { writeHead } from "./frames.js";
import { Link } from "./link.js";

/** The pause after an attempt that failed, which doubles with each, and the longest, in milliseconds. */
const FIRST_RECONNECT = 100;
const LONGEST_RECONNECT = 10_000;

export class Sockets {
    #url;
    #link;
    #failures = 0;
    #notBefore = 0;

    constructor(base) {
        this.#url = `${base.replace(/^http/, "ws")}/-/websocket`;
    }

    /** Sends a request and gives the answer, whose body has yet to come. */
    async send(call, contentType, body) {
        call.check();
        const head = writeHead(call.path, call.requestHeaders(contentType));
        const stream = this.#fresh().begin(call, head);
        // It never fails: what goes wrong comes with the answer.
        stream.send(body);
        return stream.answer();
    }

    /** Lets the socket go, once the calls that run are done. */
    close() {
        this.#link?.retire();
    }

    #fresh() {
        if (!this.#link?.fresh) {
            const pause = Math.max(0, this.#notBefore - performance.now());
            this.#link = new Link(this.#url, pause, (wasWell) => this.#ended(wasWell));
        }
        return this.#link;
    }

    #ended(wasWell) {
        if (wasWell) {
            this.#failures = 0;
            this.#notBefore = 0;
            return;
        }
        const longest = Math.min(FIRST_RECONNECT * 2 ** this.#failures, LONGEST_RECONNECT);
        this.#failures += 1;
        this.#notBefore = performance.now() + longest * (1 - Math.random() / 2);
    }
}
