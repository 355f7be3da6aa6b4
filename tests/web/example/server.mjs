// The server of examples/browser, in a process of its own.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

const LISTENING = "listening at ";

export class Server {
    #program;
    #child;
    #address = "127.0.0.1:0";

    constructor(program) {
        this.#program = program;
    }

    /** Starts it; a second time where it was before, and with nothing of what it knew. */
    async start() {
        const child = spawn(this.#program, [this.#address], { stdio: ["ignore", "inherit", "pipe"] });
        this.#child = child;
        this.url = await new Promise((resolve, reject) => {
            let said = "";
            createInterface(child.stderr).on("line", (line) => {
                said += `${line}\n`;
                const [, url] = line.split(LISTENING);
                if (url) resolve(url.trim());
            });
            child.once("error", reject);
            child.once("exit", (code) => reject(new Error(`the server ended with ${code}: ${said}`)));
        });
        this.#address = new URL(this.url).host;
    }

    /** Ends it, without a word to its callers. */
    async stop() {
        if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
        const exited = once(this.#child, "exit");
        this.#child.kill("SIGKILL");
        await exited;
    }
}
