// The package in Node.js: every test that does not need a page.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { all } from "./calls/all.mjs";
import { Host } from "./host/host.mjs";
import { module, packageFolder, server } from "./settings.mjs";

const { pages, ...groups } = all;
assert.ok(pages.length > 0);
const hasSocket = typeof WebSocket !== "undefined";
const unhandled = [];
process.on("unhandledRejection", (reason) => unhandled.push(reason));

let host;
let loaded;
before(async () => {
    loaded = await module(packageFolder());
    host = await Host.start(server(), "http://localhost");
});
after(() => host?.close());

for (const [group, tests] of Object.entries(groups)) {
    for (const { name, needsSocket, run } of tests) {
        // Node.js 20 has sockets where it is asked for them; it is run both ways.
        if (needsSocket && !hasSocket) continue;
        test(`${group}: ${name}`, { timeout: 60_000 }, async () => {
            try {
                await run({ module: loaded, url: host.url, host });
            } finally {
                host.tidy();
            }
            await new Promise((resolve) => setImmediate(resolve));
            assert.deepEqual(unhandled.splice(0), []);
        });
    }
}
