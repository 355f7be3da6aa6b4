// The explorer page in Chromium. `IRIS_URL` is the address of a quickstart server with the explorer on, `CHROMIUM` the
// browser's program; with `SCREENSHOT` a picture of the page is written there. playwright-core is looked for in NODE_PATH.

import assert from "node:assert/strict";

assert.ok(process.env.IRIS_URL, "IRIS_URL is missing: the address of a quickstart server with the explorer on");

await import("./quickstart.mjs");
await import("./forms.mjs");
await import("./streams.mjs");
