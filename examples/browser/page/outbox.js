// What waits to be sent by a call that sends a stream.

export class Outbox {
    #waiting = [];
    #wake = () => {};

    put(message) {
        this.#waiting.push(message);
        this.#wake();
    }

    /** What the server has: the message of this id, and those before it. */
    arrived(id) {
        this.#waiting.splice(0, this.#waiting.findIndex((message) => message.id === id) + 1);
    }

    /**
     * What has not arrived and what comes, for a call to send. That a call has taken a message does not say that the server
     * has it: the next call begins with those that were under way. Of several takers the last gets what comes.
     */
    async *messages() {
        let last;
        for (;;) {
            const next = this.#waiting[this.#waiting.indexOf(last) + 1];
            if (next) yield (last = next);
            else await new Promise((wake) => (this.#wake = wake));
        }
    }
}
