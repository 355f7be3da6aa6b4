// What WebAssembly reads of large messages, and that a package does without it where it must.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { brotliCompressSync } from "node:zlib";
import { equal, failure } from "./calls/check.mjs";
import { bundled } from "./host/bundle.mjs";
import { open, serve } from "./host/chromium.mjs";
import { compare, unknownField } from "./host/codec.mjs";
import { everythingFolder, packageFolder, server, setting } from "./settings.mjs";
import { Host } from "./host/host.mjs";
import { spy } from "./host/wasm.mjs";

/** The package anew: nothing was read yet. */
const fresh = (name) => import(new URL(`index.js?${name}`, pathToFileURL(`${everythingFolder()}/`)));

let host;
before(async () => {
    host = await Host.start(server(), "http://localhost");
});
after(() => host?.close());

test("messages made large are read as by prost, and by WebAssembly", async (context) => {
    const oracle = setting("CODEC_ORACLE", "the program codec_oracle of tests/web/server");
    const { told, restore } = spy();
    try {
        const { passed, report } = await compare(await fresh("oracle"), oracle, process.env.SEED, unknownField(4096));
        context.diagnostic(report.trim());
        context.diagnostic(`of ${told.asked} messages WebAssembly read ${told.read}`);
        assert.ok(passed, report);
        // It leaves to JavaScript what is wrong, and what is in pieces.
        assert.ok(told.read > told.asked / 2, JSON.stringify(told));
    } finally {
        restore();
    }
});

test("texts come as they were, wherever windows begin and end", async () => {
    const { Remotes } = await fresh("texts");
    const { echo } = new Remotes(host.url);
    const lengths = [0, 1, 12, 13, 16_383, 16_384, 16_385, 1, 40_000, 0, 3, 16_380, 4, 1];
    for (const letter of ["a", "é", "語", "🦊"]) {
        const strings = lengths.map((length, index) => letter.repeat(length) + index);
        const { strings: read } = await echo.lists({ strings });
        equal(read, strings, letter);
    }
    const mixed = Array.from({ length: 50_000 }, (_, index) => `${[..."aé語🦊"][index % 4]}${index}`);
    equal((await echo.lists({ strings: mixed })).strings, mixed);
});

test("numbers in long lists come as they were", async () => {
    const { Remotes } = await fresh("numbers");
    const { echo } = new Remotes(host.url);
    const whole = Array.from({ length: 3000 }, (_, index) => index * 715_827 - 1_073_741_824);
    const given = {
        doubles: whole.map((value) => value / 7),
        floats: whole.map((value) => Math.fround(value / 3)),
        int32s: whole,
        int64s: whole.map((value) => BigInt(value) * 4_294_967_291n),
        uint32s: whole.map((value) => value >>> 0),
        uint64s: whole.map((value) => BigInt.asUintN(64, BigInt(value) * 4_294_967_291n)),
        bools: whole.map((value) => value % 3 === 0),
        levels: whole,
        manyBytes: whole.map((value) => Uint8Array.of(value, value >> 8, value >> 16)),
    };
    const read = await echo.lists(given);
    for (const [name, values] of Object.entries(given)) equal(read[name], values, name);
});

test("what was read keeps no hold of the memory that others are read in", async () => {
    const { told, restore } = spy();
    try {
        const { Remotes } = await fresh("memory");
        const { echo } = new Remotes(host.url);
        const texts = (letter) => Array.from({ length: 200 }, (_, index) => letter.repeat(100) + index);
        const first = await echo.lists({ strings: texts("a"), manyBytes: [new Uint8Array(2000).fill(1)] });
        const second = await echo.lists({ strings: texts("b"), manyBytes: [new Uint8Array(2000).fill(2)] });
        equal([first.strings, second.strings], [texts("a"), texts("b")]);
        equal([first.manyBytes[0][0], second.manyBytes[0][0]], [1, 2]);
        assert.equal(told.started, 1);
        // A message of 3.9 MB needs more memory than is kept; the next one gets a new one.
        await echo.lists({ strings: ["a".repeat(3_900_000)] });
        await echo.lists({ strings: texts("c") });
        assert.deepEqual(told, { started: 2, asked: 4, read: 4 });
    } finally {
        restore();
    }
});

test("messages of which little is there are laid out, too", async () => {
    const { told, restore } = spy();
    try {
        const { Remotes } = await fresh("sparse");
        const { echo } = new Remotes(host.url);
        const scalars = Array.from({ length: 2000 }, (_, index) => ({ anInt32: index + 1 }));
        const read = await echo.lists({ scalars });
        equal(read.scalars.map(({ anInt32 }) => anInt32), scalars.map(({ anInt32 }) => anInt32));
        assert.deepEqual([told.asked, told.read], [1, 1]);
    } finally {
        restore();
    }
});

test("a message of the sparsest is read by JavaScript, and the next one not laid out at all", async () => {
    const { told, restore } = spy();
    try {
        const { Remotes } = await fresh("sparsest");
        const { echo } = new Remotes(host.url);
        const scalars = Array.from({ length: 5000 }, () => ({}));
        for (const _ of [1, 2, 3, 4]) equal((await echo.lists({ scalars })).scalars.length, 5000);
        assert.ok(told.asked < 4 || told.read > 0, JSON.stringify(told));
    } finally {
        restore();
    }
});

test("a long text that is no UTF-8 is an error as anywhere", async () => {
    const { Remotes, IrisError } = await fresh("broken-text");
    const { echo } = new Remotes(host.url);
    const { fetch } = globalThis;
    // Field 8 of `Lists`, 5,000 bytes.
    const bytes = new Uint8Array(5003).fill(97);
    bytes.set([0x42, 0x88, 0x27]);
    try {
        globalThis.fetch = async () => new Response(bytes, { headers: { "content-type": "application/proto" } });
        equal((await echo.lists({})).strings, ["a".repeat(5000)]);
        bytes[4000] = 0xff;
        const error = await failure(echo.lists({}));
        assert.ok(error instanceof IrisError, String(error));
        assert.equal(error.code, 911);
        assert.match(error.internalMessage, /strings.*UTF-8/);
    } finally {
        globalThis.fetch = fetch;
    }
});

test("without WebAssembly all is read by JavaScript", async () => {
    const { Module } = WebAssembly;
    let asked = 0;
    WebAssembly.Module = function refused() {
        asked += 1;
        throw new WebAssembly.CompileError("Refused by the policy");
    };
    try {
        const { Remotes } = await fresh("refused");
        const { echo } = new Remotes(host.url);
        const strings = Array.from({ length: 2000 }, (_, index) => `text ${index}`);
        for (let call = 0; call < 2; call += 1) equal((await echo.lists({ strings })).strings, strings);
        assert.equal(asked, 1, "once is enough");
    } finally {
        WebAssembly.Module = Module;
    }
});

for (const [name, policy, isRead] of [
    ["a page reads by WebAssembly", "script-src 'self' 'wasm-unsafe-eval'; connect-src *", true],
    ["a page whose policy forbids WebAssembly reads by JavaScript", "script-src 'self'; connect-src *", false],
]) {
    test(name, { timeout: 60_000 }, async () => {
        const site = await serve(packageFolder(), `default-src 'none'; ${policy}`);
        const visited = await Host.start(server(), site.origin);
        const page = await open(site.origin, visited);
        try {
            await page.evaluate(async () => {
                const { spy } = await import("/host/wasm.mjs");
                globalThis.spied = spy();
            });
            await page.run("kinds", "a message of many (fetch)");
            const { asked, read } = await page.evaluate(() => globalThis.spied.told);
            assert.deepEqual([asked > 0, read], [isRead, asked]);
        } finally {
            await page.close();
            await visited.close();
            site.close();
        }
    });
}

test("a page with one remote stays small", async (context) => {
    // 1.3 of what connect-es takes for one are 38 KB; with it comes what WebSockets take.
    const page = 'import { Counter } from "package"; new Counter("/").next().then(alert, alert);';
    const { length } = brotliCompressSync(await bundled(packageFolder(), page));
    context.diagnostic(`${length} bytes, compressed`);
    assert.ok(length < 16_000, `${length} bytes`);
});
