// The package in a page in Chromium: every test.

import { after, before, test } from "node:test";
import { all } from "./calls/all.mjs";
import { open, serve } from "./host/chromium.mjs";
import { Host } from "./host/host.mjs";
import { packageFolder, server } from "./settings.mjs";

let site;
let host;
let page;
before(async () => {
    site = await serve(packageFolder());
    host = await Host.start(server(), site.origin);
    page = await open(site.origin, host);
});
after(async () => {
    await page?.close();
    await host?.close();
    site?.close();
});

for (const [group, tests] of Object.entries(all)) {
    for (const { name } of tests) {
        test(`${group}: ${name}`, { timeout: 60_000 }, async () => {
            try {
                await page.run(group, name);
            } finally {
                host.tidy();
            }
        });
    }
}
