// A bundle of the package with WebAssembly: it finds what is compiled where the guide says to put it.

import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { equal, failure, matches } from "./calls/check.mjs";
import { Host } from "./host/host.mjs";
import { module, packageFolder, server } from "./settings.mjs";

/** Looked for in NODE_PATH. */
const esbuild = createRequire(import.meta.url)("esbuild");

let host;
let folder;
before(async () => {
    host = await Host.start(server(), "http://localhost");
    folder = await mkdtemp(join(tmpdir(), "iris-bundle-"));
    await esbuild.build({
        entryPoints: [join(packageFolder(), "index.js")],
        outfile: join(folder, "index.js"),
        bundle: true,
        minify: true,
        format: "esm",
        platform: "browser",
    });
});
after(async () => {
    await host?.close();
    await rm(folder, { recursive: true });
});

test("a bundle calls once its WebAssembly lies beside it, and says what is wrong until then", { timeout: 60_000 }, async () => {
    const bundle = await module(folder);
    const remotes = new bundle.Remotes(host.url);
    const error = await failure(remotes.shapes.echo({ text: "a" }));
    equal([error instanceof bundle.IrisError, error.code, error.status], [true, 900, "unavailable"], `${error}`);
    matches(error.internalMessage, /WebAssembly cannot be loaded.*iris_bg\.wasm/);
    await copyFile(join(packageFolder(), "iris_bg.wasm"), join(folder, "iris_bg.wasm"));
    equal(await remotes.shapes.echo({ text: "a" }), { text: "a" });
    remotes.close();
});
