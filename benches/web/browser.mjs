// Pages in Chromium, one for each client, in a process of its own.

import { createServer } from "node:http";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { bundled } from "./bundle.mjs";

/** Serves bundles to pages. */
export async function site(clients) {
    const bundles = new Map();
    for (const [index, client] of clients.entries()) bundles.set(`/${index}.js`, await bundled(client.page ?? "turns", client));
    const server = createServer(async ({ url }, response) => {
        const bundle = bundles.get(url);
        const [type, body] = bundle ? ["text/javascript", await readFile(bundle)] : ["text/html", "<!doctype html>"];
        response.writeHead(200, { "content-type": type }).end(body);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return {
        origin: `http://127.0.0.1:${server.address().port}`,
        close() {
            server.close();
            server.closeAllConnections();
        },
    };
}

/** A page with the client of this index, connected to the server at `url`. */
export class Page {
    #browser;
    #target;
    #session;

    static async open(browser, origin, index, url) {
        const page = new Page();
        page.#browser = browser;
        // A context of its own has connections and a process of its own.
        const { browserContextId } = await browser.send("Target.createBrowserContext");
        const target = await browser.send("Target.createTarget", { url: "about:blank", browserContextId });
        page.#target = target.targetId;
        const attached = await browser.send("Target.attachToTarget", { targetId: page.#target, flatten: true });
        page.#session = attached.sessionId;
        await page.#send("Page.enable");
        const loaded = browser.event("Page.loadEventFired", page.#session);
        await page.#send("Page.navigate", { url: `${origin}/` });
        await loaded;
        await page.#send("Page.disable");
        await page.#send("Performance.enable");
        await page.#evaluate(`import("/${index}.js").then((module) => {
            globalThis.bench = module;
            module.open(${JSON.stringify(url)});
        })`);
        return page;
    }

    /** What this client reads out of an answer. */
    told() {
        return this.#evaluate("bench.told()");
    }

    /** A turn: what was done in how many seconds, and in how much of the processor's time. */
    async turn(work) {
        await this.#browser.send("Target.activateTarget", { targetId: this.#target });
        const before = await this.#cpu();
        const { done, milliseconds } = await this.#evaluate(`bench.turn(${JSON.stringify(work)})`);
        return { done, seconds: milliseconds / 1000, cpu: (await this.#cpu()) - before };
    }

    /** Processor time of the page's process until now, in seconds. */
    async #cpu() {
        const { metrics } = await this.#send("Performance.getMetrics");
        const time = metrics.find(({ name }) => name === "ProcessTime");
        if (!time) throw new Error("this Chromium does not tell the processor time of a page");
        return time.value;
    }

    async #evaluate(expression) {
        const asked = { expression, awaitPromise: true, returnByValue: true };
        const { result, exceptionDetails } = await this.#send("Runtime.evaluate", asked);
        if (exceptionDetails) {
            throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
        }
        return result.value;
    }

    #send(method, params) {
        return this.#browser.send(method, params, this.#session);
    }
}
