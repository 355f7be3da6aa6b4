// The server of tests/web/server, in a process of its own.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

export class Server {
    #program;
    #origins;
    #child;
    #address = "127.0.0.1:0";
    /** What its procedures told: how often one began to wait, or was dropped. */
    #told = { started: 0, dropped: 0 };
    #wake = () => {};

    constructor(program, origins) {
        this.#program = program;
        this.#origins = origins;
    }

    /** Starts it; a second time where it was before. */
    async start() {
        this.#child = spawn(this.#program, [this.#address, ...this.#origins], { stdio: ["pipe", "pipe", "pipe"] });
        // Procedures that panic on purpose are loud; what it says is of interest where it ends by itself.
        let said = "";
        this.#child.stderr.on("data", (chunk) => (said = (said + chunk).slice(-4000)));
        const lines = createInterface(this.#child.stdout);
        const url = new Promise((resolve, reject) => {
            lines.once("line", resolve);
            this.#child.once("exit", (code) => reject(new Error(`the server ended with ${code}: ${said}`)));
        });
        this.url = await url;
        this.#address = new URL(this.url).host;
        lines.on("line", (line) => {
            this.#told[line] += 1;
            this.#wake();
        });
    }

    /** Ends it, without a word to its callers. */
    async stop() {
        const exited = once(this.#child, "exit");
        this.#child.kill("SIGKILL");
        await exited;
    }

    /** Waits until it tells something once more. */
    async told(what) {
        while (this.#told[what] === 0) await new Promise((wake) => (this.#wake = wake));
        this.#told[what] -= 1;
    }
}
