// Where cases run: in a page, in a worker of one, in Node.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { after } from "node:test";
import { Worker } from "node:worker_threads";
import { outside } from "./outside.mjs";
import { pages } from "./pages.mjs";
import { launch } from "../../chromium.mjs";

const MODULE = "web_wasm.js";
const WASM = "web_wasm_bg.wasm";

/** The names of the cases. */
export async function names() {
    const inside = await import("./inside.mjs");
    return inside.names(await here());
}

/** A function for each place that runs a case of a name there. */
export async function places() {
    const origin = await pages();
    const browser = await launch();
    after(() => browser.close());

    const open = async (test, place) => {
        const context = await browser.newContext();
        const { world, tell } = await outside(test, place, origin, (on) => context.setOffline(!on));
        const page = await context.newPage();
        const errors = [];
        page.on("pageerror", (error) => errors.push(error));
        test.after(() => context.close());
        await page.exposeFunction("tellOutside", tell);
        await page.goto(`${origin}/empty.html`);
        const begin = (name) => ({ module: `${origin}/${MODULE}`, wasm: `${origin}/${WASM}`, name, world });
        return { page, errors, begin };
    };
    return {
        async page(test, name) {
            const { page, errors, begin } = await open(test, "page");
            await page.evaluate(async ([inside, begin]) => {
                const { run } = await import(inside);
                await run(begin, tellOutside);
            }, [`${origin}/inside.mjs`, begin(name)]);
            if (errors.length > 0) throw errors[0];
        },
        async worker(test, name) {
            const { page, errors, begin } = await open(test, "worker");
            const failure = await page.evaluate(
                ([url, begin]) =>
                    new Promise((resolve) => {
                        const worker = new Worker(url, { type: "module" });
                        worker.onerror = (event) => resolve(event.message || "the worker failed");
                        worker.onmessage = async ({ data: { ready, tell, id, ended, failure } }) => {
                            if (ready) worker.postMessage({ begin });
                            if (tell) worker.postMessage({ answer: await tellOutside(tell), to: id });
                            if (ended) resolve(failure);
                        };
                    }),
                [`${origin}/worker.mjs`, begin(name)],
            );
            if (failure) throw new Error(failure);
            if (errors.length > 0) throw errors[0];
        },
        async node(test, name) {
            const { world, tell } = await outside(test, "node", origin);
            const worker = new Worker(new URL("worker.mjs", import.meta.url));
            test.after(() => worker.terminate());
            const failure = await new Promise((resolve, reject) => {
                worker.on("error", reject);
                worker.on("message", async ({ ready, tell: command, id, ended, failure }) => {
                    if (ready) worker.postMessage({ begin: { ...(await here()), name, world } });
                    if (command) worker.postMessage({ answer: await tell(command), to: id });
                    if (ended) resolve(failure);
                });
            });
            if (failure) throw new Error(failure);
        },
    };
}

/** What Node loads. */
async function here() {
    const folder = process.env.WEB_WASM;
    return { module: pathToFileURL(join(folder, MODULE)).href, wasm: await readFile(join(folder, WASM)) };
}
