// What waits to be sent by a call that sends a stream.

export class Outbox {
    #waiting = [];
    #wake = () => {};

    put(message) {
        this.#waiting.push(message);
        this.#wake();
    }

    /** All there is and will be, for a call to send. Of several takers the last gets what comes. */
    async *messages() {
        for (;;) {
            while (this.#waiting.length === 0) await new Promise((wake) => (this.#wake = wake));
            yield this.#waiting[0];
            // The call has come for the next one. Had it broken off, this one would wait for the call after it.
            this.#waiting.shift();
        }
    }
}
