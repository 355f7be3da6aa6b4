// The same in a worker of a page, or a thread of Node: asks outside by messages, and tells how it ended.

import { run } from "./inside.mjs";

const port = globalThis.WorkerGlobalScope ? globalThis : (await import("node:worker_threads")).parentPort;
const answers = new Map();
let asked = 0;

const listen = (take) => (port.on ? port.on("message", take) : port.addEventListener("message", ({ data }) => take(data)));

listen(({ begin, answer, to }) => {
    if (begin) {
        run(begin, tell).then(
            () => port.postMessage({ ended: true }),
            (error) => port.postMessage({ ended: true, failure: String(error?.stack ?? error) }),
        );
    } else {
        answers.get(to)(answer);
        answers.delete(to);
    }
});
port.postMessage({ ready: true });

function tell(command) {
    const id = ++asked;
    port.postMessage({ tell: command, id });
    return new Promise((resolve) => answers.set(id, resolve));
}
