// A call on its way: its deadline, its caller's signal, and what becomes of its failure.

import { IrisError, communication, textOf } from "./error.js";
import { metadata } from "./metadata.js";

/** The longest that a timer can wait, in milliseconds. A deadline beyond it is none. */
const LONGEST_TIMER = 2_147_483_647;

/** How much before a call's end its server may have taken it for over: what it was told is rounded, and clocks differ. */
const SLACK = 20;

/** The calls that have a signal, each as what is to be done on its abort. */
const aborting = /* @__PURE__ */ new WeakMap();

/**
 * Does this when the signal aborts. A signal has one listener, whatever the number of calls: Node.js warns where there are more
 * than ten.
 */
function whenAborted(signal, abort) {
    let calls = aborting.get(signal);
    if (!calls) {
        calls = new Set();
        calls.listener = () => calls.forEach((abort) => abort());
        signal.addEventListener("abort", calls.listener);
        aborting.set(signal, calls);
    }
    calls.add(abort);
}

/** Does it no more. Node.js keeps some signals for as long as somebody listens to them. */
function forgetAbort(signal, abort) {
    const calls = aborting.get(signal);
    if (!calls?.delete(abort) || calls.size > 0) return;
    signal.removeEventListener("abort", calls.listener);
    aborting.delete(signal);
}

export class Call {
    /** Why the call was stopped from here: its deadline, or its caller. */
    stopped;
    /** Whether the answer ended as it should, so that its connection may serve other calls. */
    finished = false;
    /** Whether nobody is to be told of its failure, since its caller knows. */
    silent = false;
    #controller = new AbortController();
    #options;
    #signal;
    #timer;
    #whenOver;
    #ends = Infinity;

    /** Starts the clock. What is wrong with the options comes out of [check]. */
    constructor(client, path, options) {
        this.client = client;
        this.path = path;
        this.#options = options ?? {};
        try {
            const { deadline, headers, signal } = this.#options;
            this.deadline = deadline ?? client.deadline;
            this.headers = { ...client.headers, ...metadata(headers) };
            if (this.deadline !== undefined) this.#limit(this.deadline);
            this.#signal = signal;
            if (signal?.aborted) this.#aborted();
            if (signal != null) whenAborted(signal, this.#aborted);
        } catch (error) {
            this.stop(error);
        }
    }

    /** Whether the call can be made at all. */
    check() {
        if (this.stopped) throw this.stopped;
    }

    #limit(deadline) {
        if (typeof deadline !== "number" || Number.isNaN(deadline)) {
            throw communication("invalid_argument", `the deadline \`${deadline}\` is no number of milliseconds`);
        }
        if (deadline > LONGEST_TIMER) return;
        this.#ends = performance.now() + deadline;
        // Nothing is sent that nobody waits for.
        if (deadline <= 0) throw this.#exceeded();
        this.#timer = setTimeout(() => this.stop(this.#exceeded()), deadline);
    }

    #exceeded() {
        const text = `${this.client.base} was not done within the deadline of ${this.deadline} ms`;
        return communication("deadline_exceeded", text);
    }

    #aborted = () => {
        this.silent = true;
        this.stop(communication("canceled", "the caller aborted the call", this.#signal.reason));
    };

    /** Aborted when the call is to be given up. */
    get signal() {
        return this.#controller.signal;
    }

    /** What is left of the time, in milliseconds. */
    remaining() {
        return this.#ends - performance.now();
    }

    /** The headers of its request. */
    requestHeaders(contentType) {
        const headers = { ...this.headers, "content-type": contentType, "connect-protocol-version": "1" };
        const left = this.remaining();
        if (left !== Infinity) headers["connect-timeout-ms"] = String(Math.max(0, Math.floor(left)));
        return headers;
    }

    /** Gives the call up. */
    stop(error) {
        this.stopped ??= error;
        this.abandon();
    }

    /** Gives the call up because nobody waits for it any more. */
    leave() {
        this.left = true;
        this.stop(communication("canceled", "the caller left"));
    }

    /** The error of a call whose connection was lost: most likely that of its deadline where that is about to pass. */
    lost(text, cause, status = "unavailable") {
        return this.remaining() <= SLACK ? this.#exceeded() : communication(status, text, cause);
    }

    /** Waits, unless the call is given up before. */
    pause(milliseconds) {
        return new Promise((resolve, reject) => {
            const timer = setTimeout(resolve, milliseconds);
            this.signal.addEventListener("abort", () => {
                clearTimeout(timer);
                reject(this.stopped);
            });
        });
    }

    /** Has something done once the call is over. */
    whenOver(work) {
        this.#whenOver = work;
    }

    /** The call is over: nothing holds it any more. */
    end() {
        this.#whenOver?.();
        clearTimeout(this.#timer);
        forgetAbort(this.#signal, this.#aborted);
    }

    /** The error that its caller gets, after those were told who listen for all. */
    failed(cause) {
        let error = this.stopped ?? cause;
        if (!(error instanceof IrisError)) error = communication("unknown", textOf(error), error);
        if (!this.silent) this.client.tell(this.path, error);
        // Whatever still runs is of no use.
        if (!this.finished) this.abandon();
        return error;
    }

    /** Ends whatever is still on its way. */
    abandon() {
        this.#controller.abort(this.stopped);
    }
}
