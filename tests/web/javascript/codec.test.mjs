// The package reads and writes messages as prost does.

import assert from "node:assert/strict";
import { test } from "node:test";
import { compare } from "./host/codec.mjs";
import { everythingFolder, module, setting } from "./settings.mjs";

test("messages are read and written as by prost", async (context) => {
    const oracle = setting("CODEC_ORACLE", "the program codec_oracle of tests/web/server");
    const { passed, report } = await compare(await module(everythingFolder()), oracle, process.env.SEED);
    context.diagnostic(report.trim());
    assert.ok(passed, report);
});
