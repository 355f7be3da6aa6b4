// Pages in Chromium, one for each client, in a process of its own.

import { createServer } from "node:http";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { bundled } from "./bundle.mjs";
import { paths, require } from "./settings.mjs";

const { chromium } = require("playwright-core");

const FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

/** Serves bundles to pages. */
export async function site(clients) {
    const bundles = new Map();
    for (const [index, client] of clients.entries()) bundles.set(`/${index}.js`, await bundled("turns", client));
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

export const launch = () => chromium.launch({ executablePath: paths.chromium, args: FLAGS });

/** Opens the page of the client with this index, connected to the server at `url`. */
export async function open(browser, origin, index, url) {
    // A context of its own has connections and a process of its own.
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`${origin}/`);
    await page.evaluate(
        async ([module, url]) => {
            globalThis.bench = await import(module);
            globalThis.bench.open(url);
        },
        [`/${index}.js`, url],
    );
    const session = await context.newCDPSession(page);
    await session.send("Performance.enable");
    /** Processor time of the page's process until now, in seconds. */
    const cpu = async () => {
        const { metrics } = await session.send("Performance.getMetrics");
        const time = metrics.find(({ name }) => name === "ProcessTime");
        if (!time) throw new Error("this Chromium does not tell the processor time of a page");
        return time.value;
    };
    return {
        told: () => page.evaluate(() => globalThis.bench.told()),
        async turn(work) {
            const before = await cpu();
            const { done, milliseconds } = await page.evaluate((work) => globalThis.bench.turn(work), work);
            return { done, seconds: milliseconds / 1000, cpu: (await cpu()) - before };
        },
    };
}
