// The server of a case, a process of its own.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** Starts one for pages of these origins; `tell` has it do what a line says and gives the answer. */
export async function start(origins, address = "127.0.0.1:0") {
    const child = spawn(process.env.WEB_SERVER, [address, ...origins], { stdio: ["pipe", "pipe", "inherit"] });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const ended = once(child, "exit");
    const line = async () => {
        const { value, done } = await lines.next();
        assert.ok(!done, "the server ended");
        return value;
    };
    const url = await line();
    // One after the other, so that each gets its own answer.
    let last = Promise.resolve();
    const turn = (work) => (last = last.then(work, work));
    return {
        url,
        address: new URL(url).host,
        tell: (command) =>
            turn(() => {
                child.stdin.write(`${command}\n`);
                return line();
            }),
        async kill() {
            child.kill("SIGKILL");
            await ended;
        },
    };
}
