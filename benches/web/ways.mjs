// The two ways that calls of one package may go: by `fetch`, and over a WebSocket. connect-es knows the first alone.

import { fileURLToPath } from "node:url";

const source = (name) => fileURLToPath(new URL(`clients/${name}.mjs`, import.meta.url));

export const BY_FETCH = "fetch";

/** `streams` where requests may be a stream. */
export const WAYS = [
    { name: BY_FETCH, page: "talks", source: source("no_socket"), streams: false },
    { name: "WebSocket", page: "talks", source: source("socket"), streams: true },
];
