// What the guide says of JavaScript, and the READMEs of packages: it runs, and TypeScript takes it.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Host } from "./host/host.mjs";
import { Project } from "./host/project.mjs";
import { packageFolder, server, setting } from "./settings.mjs";

const root = (path) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const PAGES = ["docs/javascript.md", "examples/quickstart/typescript/README.md", "tests/end-to-end/typescript/README.md"];

/** Keeps cookies, as a browser does for the pages that the guide speaks of. */
const COOKIES = `
    const { fetch } = globalThis;
    let cookie;
    globalThis.fetch = async (url, init) => {
        const headers = cookie && init.credentials === "include" ? { ...init.headers, cookie } : init.headers;
        const response = await fetch(url, { ...init, headers });
        cookie = response.headers.getSetCookie()[0]?.split(";")[0] ?? cookie;
        return response;
    };
`;

let project;
let host;
before(async () => {
    const quickstart = root("examples/quickstart/typescript");
    project = await Project.with({ "quickstart-client": quickstart, "end-to-end-client": packageFolder() });
    await project.write("cookies.mjs", COOKIES);
    host = await Host.start(server(), "http://localhost");
});
after(async () => {
    await host?.close();
    await project?.remove();
});

for (const page of PAGES) {
    const text = await readFile(root(page), "utf8");
    const blocks = [...text.matchAll(/^```(js|ts)\n(.*?)^```$/gms)];
    assert.ok(blocks.length > 0, page);
    for (const [index, [, language, block]] of blocks.entries()) {
        test(`${page}: block ${index + 1}`, { timeout: 60_000 }, async () => {
            if (language === "ts") {
                await project.write("block.ts", block);
                assert.equal(await project.compile("block.ts"), "");
                return;
            }
            const url = block.includes("end-to-end-client") ? host.url : setting("QUICKSTART_URL", "a quickstart server");
            await project.write("block.mjs", block.replaceAll("http://127.0.0.1:8088", url));
            await project.run("block.mjs", "--experimental-websocket", "--import", "./cookies.mjs");
        });
    }
}
