// Whom a page can call with.
//
// Another flavour of Iris's package is another entry: `clients/iris.mjs`, with the folder of that package, and with the
// files that the page loads besides its bundle, such as a `.wasm`, in `beside`.

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { paths } from "./settings.mjs";

const source = (name) => fileURLToPath(new URL(`clients/${name}.mjs`, import.meta.url));

export const TYPESCRIPT = "Iris, TypeScript";
export const CONNECT = "connect-es";
export const FETCH = "fetch alone";

export const CLIENTS = [
    { name: TYPESCRIPT, source: source("iris"), feed: join(paths.typescript, "index.js"), beside: [] },
    { name: CONNECT, source: source("connect"), feed: join(paths.connect, "bench/v1/feed_service_pb.js"), beside: [] },
    // It only echoes, and is no client for a page.
    { name: FETCH, source: source("fetch"), isFloor: true },
];

/** Those that a page could be made with. */
export const PEERS = CLIENTS.filter(({ isFloor }) => !isFloor);
