// One WebSocket, from the first call that needs it to its end.

import { communication, pass } from "./error.js";
import {
    DATA,
    END,
    FRAME_PREFIX,
    GO_AWAY,
    HEAD,
    MOST_DATA,
    PING,
    PONG,
    RESET,
    SUBPROTOCOL,
    WINDOW,
    frame,
} from "./frames.js";
import { Stream } from "./stream.js";

/** How long it may take until a socket is open, in milliseconds; and how long one is kept that has no call. */
const CONNECT_TIME = 10_000;
const IDLE_TIME = 30_000;

/** How often a server is asked whether it is there, while there are calls; and how long its answer may take. */
const PING_TIME = 30_000;
const PONG_TIME = 20_000;

/** No more of a request is sent while so many bytes wait in the socket for a server that does not read, whatever it lets its
 * callers send. Nothing tells when they are fewer, so that they are looked at again, so many milliseconds later. */
const MOST_UNSENT = 1_048_576;
const LOOK_AGAIN = 20;

/** Close codes (RFC 6455, 7.4.1). Of the protocol's a page may send the first alone, so 3000 is added to the others. */
const NORMAL = 1000;
const PROTOCOL_ERROR = 1002;
const ABNORMAL = 1006;
const TOO_LONG = 1009;
const OWN_CODES = 3000;

export class Link {
    /** Whether it takes calls. */
    fresh = true;
    #url;
    #socket;
    #isOpen = false;
    #over = false;
    #streams = new Map();
    #last = 0;
    /** What is to be sent once it is open: frames, each behind its stream. */
    #waiting = [];
    /** The one timer there is: for the socket to open, to be left, for the next PING or its answer. */
    #timer;
    /** What the last PING says that is not answered yet. */
    #asked;
    #onEnd;

    /** Opens a socket after a pause. `onEnd` is told, once it is no more, whether the next may be opened at once. */
    constructor(url, pause, onEnd) {
        this.#url = url;
        this.#onEnd = onEnd;
        // Not at once, so that the call that needs it has begun when it cannot be made.
        if (pause > 0) this.#timer = setTimeout(() => this.#open(), pause);
        else queueMicrotask(() => this.#open());
    }

    /** Begins a call. */
    begin(call, head) {
        const id = (this.#last += 1);
        // The next would have no number.
        if (id === 2 ** 32 - 1) this.fresh = false;
        const stream = new Stream(this, id, call);
        this.#streams.set(id, stream);
        this.send(HEAD, id, head);
        if (this.#streams.size === 1) this.#watch();
        return stream;
    }

    send(type, id, payload = []) {
        if (this.#over) return;
        const bytes = frame(type, id, payload);
        if (this.#isOpen) this.#socket.send(bytes);
        else this.#waiting.push([id, bytes]);
    }

    /** Whether what was sent has to leave before more is. */
    get isFull() {
        return this.#isOpen && !this.#over && this.#socket.bufferedAmount > MOST_UNSENT;
    }

    /** A moment later, when some of it may have left. */
    soon() {
        return new Promise((wake) => setTimeout(wake, LOOK_AGAIN));
    }

    /** Ends a call for this side. What was not sent of it is not. */
    cancel(id, reason) {
        const unsent = this.#waiting.some(([stream]) => stream === id);
        this.#waiting = this.#waiting.filter(([stream]) => stream !== id);
        if (!unsent) this.send(RESET, id, [reason]);
        this.#forget(id);
    }

    /** Takes no more calls, and closes when those that run are done. */
    retire() {
        this.fresh = false;
        if (this.#streams.size === 0) this.#close();
    }

    #open() {
        if (this.#over) return;
        try {
            this.#socket = new WebSocket(this.#url, SUBPROTOCOL);
        } catch (cause) {
            this.#lost(communication("unavailable", `no WebSocket at ${this.#url}: ${cause}`, cause));
            return;
        }
        this.#socket.binaryType = "arraybuffer";
        this.#socket.onopen = () => this.#opened();
        this.#socket.onmessage = ({ data }) => this.#received(data);
        this.#socket.onclose = (event) => this.#lost(closed(this.#url, this.#isOpen, event));
        // What is wrong comes with the close; but Node.js 20 closes nothing that was not open.
        this.#socket.onerror = () => this.#isOpen || this.#lost(closed(this.#url, false, { code: ABNORMAL }));
        const late = communication("unavailable", `no WebSocket at ${this.#url} within ${CONNECT_TIME} ms`);
        this.#timer = setTimeout(() => this.#lost(pass(late)), CONNECT_TIME);
    }

    #opened() {
        if (this.#over) return;
        this.#isOpen = true;
        for (const [, bytes] of this.#waiting.splice(0)) this.#socket.send(bytes);
        this.#watch();
    }

    /** Sets the timer for what is next. */
    #watch() {
        if (!this.#isOpen || this.#over) return;
        clearTimeout(this.#timer);
        if (this.#streams.size === 0) {
            this.#timer = setTimeout(() => this.#close(), IDLE_TIME);
            return;
        }
        this.#timer = setTimeout(() => {
            this.send(PING, 0);
            const text = `the WebSocket is dead: no answer to a ping within ${PONG_TIME} ms`;
            this.#timer = setTimeout(() => this.#lost(pass(communication("unavailable", text))), PONG_TIME);
        }, PING_TIME);
    }

    #received(data) {
        if (this.#over) return;
        if (!(data instanceof ArrayBuffer) || data.byteLength < FRAME_PREFIX) {
            this.#refuse(PROTOCOL_ERROR, "a message that is no frame");
        } else if (data.byteLength > FRAME_PREFIX + MOST_DATA) {
            this.#refuse(TOO_LONG, "a frame that is too long");
        } else {
            const view = new DataView(data);
            this.#take(view.getUint8(0), view.getUint32(1), new Uint8Array(data, FRAME_PREFIX));
        }
    }

    #take(type, id, payload) {
        const stream = this.#streams.get(id);
        const number = () => new DataView(payload.buffer, FRAME_PREFIX).getUint32(0);
        const length = { [END]: 0, [RESET]: 1, [WINDOW]: 4, [GO_AWAY]: 4 }[type];
        if (length !== undefined && payload.length !== length) {
            this.#refuse(PROTOCOL_ERROR, "a frame of the wrong length");
        } else if (type === HEAD) {
            stream?.begin(payload);
        } else if (type === DATA) {
            stream?.arrive(payload);
        } else if (type === END) {
            this.#forget(id);
            stream?.over();
        } else if (type === RESET) {
            this.#forget(id);
            stream?.wasReset(payload[0]);
        } else if (type === WINDOW) {
            stream?.widen(number());
        } else if (type === PING) {
            this.#answer(payload);
        } else if (type === PONG) {
            this.#watch();
        } else if (type === GO_AWAY) {
            this.#goAway(number());
        }
    }

    /** Answers a PING: of those of a server that does not read, the last alone. */
    async #answer(payload) {
        const isAnswering = this.#asked !== undefined;
        this.#asked = payload;
        if (isAnswering) return;
        while (this.isFull) await this.soon();
        this.send(PONG, 0, this.#asked);
        this.#asked = undefined;
    }

    /** The server takes no more calls, and has not looked at those behind the last. */
    #goAway(last) {
        this.fresh = false;
        for (const [id, stream] of this.#streams) {
            if (id <= last) continue;
            this.#forget(id);
            const text = "the server is shutting down, and did not look at the call";
            stream.over(pass(communication("unavailable", text), true));
        }
    }

    #forget(id) {
        if (!this.#streams.delete(id) || this.#streams.size > 0) return;
        if (this.fresh) this.#watch();
        else this.#close();
    }

    /** Closes on a server that breaks the protocol. */
    #refuse(code, what) {
        this.#lost(communication("internal", `the server sent ${what} over the WebSocket`), OWN_CODES + code, what);
    }

    /** Closes a socket without calls. */
    #close() {
        this.#lost();
    }

    /** The socket is no more. */
    #lost(error, code = NORMAL, reason = "") {
        if (this.#over) return;
        this.#over = true;
        this.fresh = false;
        clearTimeout(this.#timer);
        this.#socket?.close(code, reason);
        // Before the calls are told, which may come again at once.
        this.#onEnd(this.#isOpen || !error);
        for (const stream of this.#streams.values()) stream.over(error);
        this.#streams.clear();
    }
}

/** Why a socket was closed, or never open. Browsers keep that from pages, as with `fetch`. */
function closed(url, wasOpen, { code, reason }) {
    if (globalThis.navigator?.onLine === false) return pass(communication("unavailable", "this device is offline"));
    if (code === PROTOCOL_ERROR || code === TOO_LONG) {
        return communication("internal", `the server closed the WebSocket (${code}): ${reason}`);
    }
    const text =
        code !== ABNORMAL
            ? `the server closed the WebSocket (${code}): ${reason}`
            : wasOpen
              ? "the connection of the WebSocket broke"
              : `no WebSocket at ${url}: check the URL and the network, that nothing between refuses WebSockets, and that ` +
                `the server allows this page's origin (allow_origins)`;
    return pass(communication("unavailable", text));
}
