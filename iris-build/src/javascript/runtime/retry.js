// Sending a call again that got no answer, as native clients do: little, soon, and never without end.

import { IrisError, mayPass } from "./error.js";

/** How often a call is sent at most, and the pauses between, in milliseconds. */
const ATTEMPTS = 3;
const FIRST_PAUSE = 50;
const LONGEST_PAUSE = 2000;

/** Retries for a fifth of the calls, and for so many a second besides; so many may be saved up. */
const SHARE = 0.2;
const PER_SECOND = 10;
const MOST_SAVED = 100;

/** What is left of the retries of a client, so that a server in trouble is not buried in repeated calls. */
export class Budget {
    #left = PER_SECOND;
    #filled = performance.now();

    /** A call that may be repeated began, which earns its share of a retry. */
    earn() {
        this.#fill();
        this.#left = Math.min(this.#left + SHARE, MOST_SAVED);
    }

    /** Takes a retry; `false` where there is none. */
    spend() {
        this.#fill();
        if (this.#left < 1) return false;
        this.#left -= 1;
        return true;
    }

    #fill() {
        const now = performance.now();
        this.#left = Math.min(this.#left + ((now - this.#filled) / 1000) * PER_SECOND, MOST_SAVED);
        this.#filled = now;
    }
}

/** Makes an attempt at a call, and others where nothing of an answer came. */
export async function attempts(call, repeatable, attempt) {
    const { budget } = call.client;
    if (repeatable) budget.earn();
    for (let made = 1; ; made += 1) {
        try {
            return await attempt();
        } catch (error) {
            const longest = Math.min(FIRST_PAUSE * 2 ** (made - 1), LONGEST_PAUSE);
            // Clients that failed together are not to come back together.
            const pause = longest * (1 - Math.random() / 2);
            const over = made === ATTEMPTS || call.stopped || call.remaining() <= pause;
            if (!mayPass(error, repeatable) || over || !budget.spend()) {
                throw made > 1 ? new IrisError(error.code, `${error.internalMessage} (${made} attempts)`, error) : error;
            }
            await call.pause(pause);
        }
    }
}
