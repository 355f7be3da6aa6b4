// The explorer page in Chromium. `IRIS_URL` is the address of a quickstart server with the explorer on, `SHAPES_URL` and
// `SHAPES_TLS_URL` those of a server with every kind of procedure, `CHROMIUM` the browser's program; with `SCREENSHOT` a
// picture of the page is written there. playwright-core is looked for in NODE_PATH.

import assert from "node:assert/strict";

assert.ok(process.env.IRIS_URL, "IRIS_URL is missing: the address of a quickstart server with the explorer on");
for (const name of ["SHAPES_URL", "SHAPES_TLS_URL"]) {
    assert.ok(process.env[name], `${name} is missing: an address of a server with every kind of procedure`);
}

await import("./quickstart.mjs");
await import("./forms.mjs");
await import("./streams.mjs");
await import("./connections.mjs");
