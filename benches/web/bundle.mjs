// Pages bundled by esbuild, and what they weigh.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { paths, require } from "./settings.mjs";

const { build } = require("esbuild");

/** Bundles a page of `page/` with a client; gives the file. */
export async function bundled(page, client) {
    const file = join(paths.bundles, `${client.name.replaceAll(/\W+/g, "-")}-${page}.js`);
    await build({
        entryPoints: [fileURLToPath(new URL(`page/${page}.mjs`, import.meta.url))],
        outfile: file,
        bundle: true,
        minify: true,
        format: "esm",
        platform: "browser",
        alias: { client: client.source, ...(client.feed && { feed: client.feed }) },
        nodePaths: [paths.packages],
        logLevel: "warning",
    });
    return file;
}

/** The bytes of a small page with this client: as they are, and compressed as well as can be. */
export async function weighed(client) {
    const bytes = await readFile(await bundled("small", client));
    const params = {
        [constants.BROTLI_PARAM_QUALITY]: 11,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    };
    return {
        client: client.name,
        raw: bytes.length,
        gzip: gzipSync(bytes, { level: 9 }).length,
        brotli: brotliCompressSync(bytes, { params }).length,
    };
}
