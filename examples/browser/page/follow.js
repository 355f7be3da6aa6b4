// Keeps a stream open: where it breaks off, it is opened anew.

import { ErrorCode, IrisError } from "./remotes.js";

/** The pauses between two attempts, in milliseconds: each is twice as long as the one before. */
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 4000;

/**
 * Reads a stream until the signal is aborted. `open` makes the call, `read` gets each message, and `element` says whether
 * the stream is live. Fails where the server refuses the call: to repeat it would not help.
 */
export async function follow({ open, read, element, signal }) {
    let pause = FIRST_PAUSE;
    show(element, "connecting");
    while (!signal.aborted) {
        try {
            for await (const message of open(signal)) {
                pause = FIRST_PAUSE;
                show(element, "live");
                await read(message);
            }
        } catch (error) {
            if (signal.aborted) return;
            if (!(error instanceof IrisError && error.code === ErrorCode.IrisCommunicationError)) throw error;
        }
        // The server stops, has been lost, or we were too slow.
        show(element, "reconnecting");
        await passed(pause, signal);
        pause = Math.min(2 * pause, LONGEST_PAUSE);
    }
}

function show(element, state) {
    element.textContent = state;
    element.dataset.state = state;
}

/** Waits, though not for longer than until the signal is aborted. */
function passed(milliseconds, signal) {
    return new Promise((resolve) => {
        setTimeout(resolve, milliseconds);
        signal.addEventListener("abort", resolve, { once: true });
    });
}
