// A page as a bundler makes it.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { join } from "node:path";

/** Looked for in NODE_PATH. */
const esbuild = createRequire(import.meta.url)("esbuild");

/** What a page of these lines becomes, with `package` for the package. */
export async function bundled(folder, lines) {
    const contents = lines.replace('"package"', JSON.stringify(join(folder, "index.js")));
    const { outputFiles, warnings } = await esbuild.build({
        stdin: { contents, resolveDir: folder },
        bundle: true,
        minify: true,
        format: "esm",
        write: false,
    });
    assert.deepEqual(warnings, []);
    return outputFiles[0].text;
}
