// One call on a WebSocket: what arrived of its answer and was not read yet, and how much may be sent.

import { communication, pass } from "./error.js";
import {
    CANCELLED,
    DATA,
    END,
    FIRST_WINDOW,
    MOST_DATA,
    MOST_WINDOW,
    PROTOCOL_BROKEN,
    REFUSED,
    WINDOW,
    WINDOW_BROKEN,
    numbered,
    readHead,
} from "./frames.js";

export class Stream {
    #link;
    #id;
    #call;
    #head;
    #arrived = [];
    /** What the server may still send; and what was read, and not given back to it. */
    #receivable = FIRST_WINDOW;
    #consumed = 0;
    #sendable = FIRST_WINDOW;
    /** How it ended: well where there is no error. */
    #end;
    #wakeReader = () => {};
    #wakeWriter = () => {};

    constructor(link, id, call) {
        this.#link = link;
        this.#id = id;
        this.#call = call;
        call.signal.addEventListener("abort", this.#abort);
    }

    #abort = () => this.#reset(CANCELLED, this.#call.stopped ?? communication("canceled", "the call is over"));

    /** The answer, once it has begun. */
    async answer() {
        while (!this.#head && !this.#end) await new Promise((wake) => (this.#wakeReader = wake));
        if (!this.#head) {
            throw this.#end.error ?? communication("internal", "the server ended the call without an answer");
        }
        return { ...this.#head, next: () => this.#next() };
    }

    async #next() {
        while (this.#arrived.length === 0) {
            if (this.#end?.error) throw this.#end.error;
            if (this.#end) return undefined;
            await new Promise((wake) => (this.#wakeReader = wake));
        }
        const bytes = this.#arrived.shift();
        this.#consumed += bytes.length;
        if (this.#consumed >= FIRST_WINDOW / 2 && !this.#end) {
            this.#link.send(WINDOW, this.#id, numbered(this.#consumed));
            this.#receivable += this.#consumed;
            this.#consumed = 0;
        }
        return bytes;
    }

    /** Sends a body to its end, or until nobody wants it any more. */
    async send(body) {
        if (body.next) {
            for (let bytes; !this.#end && (bytes = await body.next()); ) await this.#sendBytes(bytes);
        } else {
            await this.#sendBytes(body);
        }
        if (!this.#end) this.#link.send(END, this.#id);
    }

    async #sendBytes(bytes) {
        for (let at = 0; at < bytes.length; ) {
            while (this.#sendable === 0 && !this.#end) await new Promise((wake) => (this.#wakeWriter = wake));
            while (this.#link.isFull && !this.#end) await this.#link.soon();
            if (this.#end) return;
            const part = bytes.subarray(at, at + Math.min(MOST_DATA, this.#sendable));
            this.#link.send(DATA, this.#id, part);
            this.#sendable -= part.length;
            at += part.length;
        }
    }

    /** The head of the answer arrived. */
    begin(payload) {
        const head = readHead(payload);
        if (this.#head || !(head.status >= 100)) {
            this.#broken(PROTOCOL_BROKEN, "a HEAD that is none, or another");
        } else {
            this.#head = head;
            this.#wakeReader();
        }
    }

    /** A piece of its body arrived. */
    arrive(bytes) {
        this.#receivable -= bytes.length;
        if (this.#receivable < 0) {
            this.#broken(WINDOW_BROKEN, "more DATA than its window");
        } else if (bytes.length > 0) {
            this.#arrived.push(bytes);
            this.#wakeReader();
        }
    }

    /** The server takes more. */
    widen(more) {
        this.#sendable += more;
        if (this.#sendable > MOST_WINDOW) this.#broken(WINDOW_BROKEN, "a WINDOW beyond what there can be");
        this.#wakeWriter();
    }

    #broken(reason, what) {
        this.#reset(reason, communication("internal", `the server sent ${what} over the WebSocket`));
    }

    /** Gives the call up. */
    #reset(reason, error) {
        if (this.#end) return;
        this.#link.cancel(this.#id, reason);
        this.#arrived = [];
        this.over(error);
    }

    /** The server gave the call up. */
    wasReset(reason) {
        const over = "the server reset the call over the WebSocket";
        this.over(
            reason === REFUSED
                ? pass(communication("unavailable", "the server refused the call, and did not look at it"), true)
                : reason === CANCELLED
                  ? this.#call.lost(over, undefined, "canceled")
                  : communication("internal", `${over}, with reason ${reason}`),
        );
    }

    /** Nothing more comes, and nothing more is sent. */
    over(error) {
        if (this.#end) return;
        this.#end = { error };
        this.#call.signal.removeEventListener("abort", this.#abort);
        this.#wakeReader();
        this.#wakeWriter();
    }
}
