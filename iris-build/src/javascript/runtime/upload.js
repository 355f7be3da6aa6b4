// A stream of requests on its way out.

import { communication, textOf } from "./error.js";

/** The requests that a caller gives, encoded one by one as there is room for them. */
export class Upload {
    #call;
    #encode;
    #requests;
    #over = false;

    constructor(call, requests, encode) {
        this.#call = call;
        this.#encode = encode;
        const begin = requests?.[Symbol.asyncIterator] ?? requests?.[Symbol.iterator];
        if (!begin) {
            throw communication("invalid_argument", "a stream of requests is an array, a generator or something else to iterate");
        }
        this.#requests = begin.call(requests);
    }

    /** The next request; `undefined` after the last. What goes wrong with it ends the call. */
    async next() {
        if (this.#over) return undefined;
        let done;
        let value;
        try {
            ({ done, value } = await this.#requests.next());
        } catch (cause) {
            this.#over = true;
            this.#call.stop(communication("canceled", `the stream of requests failed: ${textOf(cause)}`, cause));
            return undefined;
        }
        if (this.#over) return undefined;
        if (done) {
            this.#over = true;
            return undefined;
        }
        try {
            return this.#encode(value);
        } catch (error) {
            this.#call.stop(error);
            this.stop();
            return undefined;
        }
    }

    /** No more requests are wanted. */
    stop() {
        if (this.#over) return;
        this.#over = true;
        // A generator that waits for something goes on waiting; nobody waits for it.
        Promise.resolve()
            .then(() => this.#requests.return?.())
            .catch(() => {});
    }

    /** As the body of a request by `fetch`. */
    stream() {
        if (!canStream()) throw communication("unimplemented", "`fetch` cannot send a stream of requests here");
        return new ReadableStream(
            {
                pull: async (controller) => {
                    const request = await this.next();
                    if (request) controller.enqueue(request);
                    else controller.close();
                },
                cancel: () => this.stop(),
            },
            { highWaterMark: 0 },
        );
    }
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
