// A page in Chromium that runs tests, and the server it comes from.

import { createServer } from "node:http";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { extname, join, normalize } from "node:path";
import { answering } from "./stubs.mjs";
import { launch } from "../../../chromium.mjs";

const TYPES = { ".js": "text/javascript", ".mjs": "text/javascript" };

/** What a page may do that has nothing but its package: no code that was made at run time but WebAssembly. */
const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src *";

/** Serves the tests, and a package below `/package/`, under a policy. Gives the origin. */
export async function serve(packageFolder, policy = POLICY) {
    const tests = fileURLToPath(new URL("../", import.meta.url));
    const server = createServer(async (request, response) => {
        const { pathname } = new URL(request.url, "http://localhost");
        if (pathname === "/relative/testing.v1.Shapes/Echo") {
            answering("relative", request, response);
            return;
        }
        const file = pathname.startsWith("/package/")
            ? join(packageFolder, normalize(pathname.slice("/package".length)))
            : join(tests, normalize(pathname));
        try {
            const body = pathname === "/" ? "<!doctype html>" : await readFile(file);
            const type = TYPES[extname(pathname)] ?? "text/html";
            response.writeHead(200, { "content-type": type, "content-security-policy": policy }).end(body);
        } catch {
            response.writeHead(404).end();
        }
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

/** Opens a page that runs tests by their groups and names; what it complains of fails them. */
export async function open(origin, host) {
    const browser = await launch();
    const context = await browser.newContext();
    const page = await context.newPage();
    const complaints = [];
    // Rejections that nobody looks after are among them.
    page.on("pageerror", (error) => complaints.push(String(error)));
    const own = {
        isNode: () => false,
        offline: (offline) => context.setOffline(offline),
        relative: () => "/relative",
    };
    await page.exposeFunction("callHost", (name, ...given) => (own[name] ?? host[name].bind(host))(...given));
    await page.goto(origin);
    return {
        async run(group, name) {
            const failure = await page.evaluate(runInPage, [group, name, host.url]);
            const told = complaints.splice(0);
            if (failure) throw new Error(failure);
            if (told.length > 0) throw new Error(`the page complains: ${told.join("\n")}`);
        },
        evaluate: (work) => page.evaluate(work),
        close: () => browser.close(),
    };
}

/** In the page: runs a test and gives what is wrong. */
async function runInPage([group, name, url]) {
    const { all } = await import("/calls/all.mjs");
    const module = await import("/package/index.js");
    const host = new Proxy({}, { get: (_, name) => (...given) => globalThis.callHost(name, ...given) });
    try {
        await all[group].find((test) => test.name === name).run({ module, url, host });
        // What is rejected and not looked after is told at the end of a task.
        await new Promise((resolve) => setTimeout(resolve));
        return undefined;
    } catch (error) {
        return String(error?.stack ?? error);
    }
}
