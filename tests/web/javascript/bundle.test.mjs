// What a bundler makes of the package: a page has no more of it than it uses.

import assert from "node:assert/strict";
import { test } from "node:test";
import { brotliCompressSync } from "node:zlib";
import { bundled } from "./host/bundle.mjs";
import { everythingFolder, packageFolder } from "./settings.mjs";

test("remotes and enums that are not used are left out", async () => {
    const one = await bundled(packageFolder(), 'import { Counter } from "package"; new Counter("/").next().then(alert);');
    assert.match(one, /\/testing\.v1\.Counter\/Next/);
    assert.doesNotMatch(one, /\/testing\.v1\.(Failures|Shapes)\//);
    const codes = await bundled(packageFolder(), 'import { ErrorCode } from "package"; alert(ErrorCode.Zero);');
    assert.ok(codes.length < 1000, codes);
    const everything = await bundled(everythingFolder(), 'import { Level } from "package"; alert(Level.High);');
    assert.equal(everything.trim().length < 200, true, everything);
});

test("a page with one remote is small", async (context) => {
    // Without a stream of requests, and so without WebSockets: 0.35 of what connect-es takes for one are 12.7 KB.
    const page = 'import { Users } from "package"; new Users("/").create({ name: "Ada" }).then(alert, alert);';
    const quickstart = new URL("../../../examples/quickstart/typescript", import.meta.url).pathname;
    const bytes = Buffer.from(await bundled(quickstart, page));
    const { length } = brotliCompressSync(bytes);
    context.diagnostic(`${bytes.length} bytes, ${length} compressed`);
    assert.ok(length < 8000, `${length} bytes`);
});
