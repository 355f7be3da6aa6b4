// The server, as the generated package has it: `client/` is what the server's build.rs writes.

import { Remotes } from "./client/index.js";

export { ErrorCode, IrisError } from "./client/index.js";

/**
 * Calls with one answer and the list's changes go by fetch, the chat over a WebSocket: `streams` would choose otherwise.
 * The page and its server have one origin, so that the session's cookie goes along.
 */
export const remotes = new Remotes("/");
