// Whom a page can call with.
//
// Both of Iris's packages have the same surface, and so the same `clients/iris.mjs`.

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { paths } from "./settings.mjs";

const source = (name) => fileURLToPath(new URL(`clients/${name}.mjs`, import.meta.url));

export const TYPESCRIPT = "Iris, TypeScript";
export const WASM = "Iris, with WebAssembly";
export const CONNECT = "connect-es";
export const FETCH = "fetch alone";

export const CLIENTS = [
    { name: TYPESCRIPT, source: source("iris"), feed: join(paths.typescript, "index.js") },
    { name: WASM, source: source("iris"), feed: join(paths.wasm, "index.js") },
    { name: CONNECT, source: source("connect"), feed: join(paths.connect, "bench/v1/feed_service_pb.js") },
    // It only echoes, and is no client for a page.
    { name: FETCH, source: source("fetch"), isFloor: true },
];

/** Those that a page could be made with. */
export const PEERS = CLIENTS.filter(({ isFloor }) => !isFloor);
