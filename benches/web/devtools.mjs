// A Chromium that is driven by the DevTools protocol, over pipes and by nothing else: a driver that follows every request of
// its pages would be measured with them.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { paths } from "./settings.mjs";

const FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    // Of several pages only one is in front.
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--remote-debugging-pipe",
];

export class Browser {
    #child;
    #profile;
    #asked = new Map();
    #events = [];
    #last = 0;

    static async launch() {
        const browser = new Browser();
        browser.#profile = await mkdtemp(join(tmpdir(), "web-bench-"));
        const flags = [...FLAGS, `--user-data-dir=${browser.#profile}`, "about:blank"];
        browser.#child = spawn(paths.chromium, flags, { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
        browser.#child.once("error", (error) => browser.#fail(error));
        browser.#child.once("exit", (code) => browser.#fail(new Error(`Chromium ended with ${code}`)));
        browser.#listen(browser.#child.stdio[4]);
        return browser;
    }

    /** Its name and version. */
    async version() {
        return (await this.send("Browser.getVersion")).product;
    }

    /** Asks for something, of a page where there is a session. */
    send(method, params = {}, sessionId = undefined) {
        const id = (this.#last += 1);
        this.#child.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
        return new Promise((resolve, reject) => this.#asked.set(id, { method, resolve, reject }));
    }

    /** Waits for an event of a page, from now on. */
    event(method, sessionId) {
        return new Promise((resolve, reject) => this.#events.push({ method, sessionId, resolve, reject }));
    }

    async close() {
        const exited = once(this.#child, "exit");
        await this.send("Browser.close");
        await exited;
        await rm(this.#profile, { recursive: true, force: true, maxRetries: 5 });
    }

    /** Messages end with a zero. */
    #listen(pipe) {
        let begun = "";
        pipe.setEncoding("utf8").on("data", (text) => {
            const messages = (begun + text).split("\0");
            begun = messages.pop();
            for (const message of messages) this.#hear(JSON.parse(message));
        });
    }

    #hear({ id, method, sessionId, result, error }) {
        if (id === undefined) {
            const isAwaited = (event) => event.method === method && event.sessionId === sessionId;
            for (const event of this.#events.filter(isAwaited)) event.resolve();
            this.#events = this.#events.filter((event) => !isAwaited(event));
            return;
        }
        const asked = this.#asked.get(id);
        this.#asked.delete(id);
        if (error) asked.reject(new Error(`${asked.method}: ${error.message}`));
        else asked.resolve(result);
    }

    /** Nothing that is waited for will come. */
    #fail(error) {
        for (const { reject } of [...this.#asked.values(), ...this.#events]) reject(error);
        this.#asked.clear();
        this.#events = [];
    }
}
