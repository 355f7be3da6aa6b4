// Every test of calls, by groups. They ask for nothing that only one package, or Node.js alone, would have.
//
// A test gets the package's `module`, the `url` of the server (tests/web/server) and `host`, which does what a page cannot.

import { cancelling } from "./cancelling.mjs";
import { errors } from "./errors.mjs";
import { kinds } from "./kinds.mjs";
import { pages } from "./pages.mjs";
import { sockets } from "./sockets.mjs";
import { strangers } from "./strangers.mjs";

export const all = { kinds, errors, cancelling, strangers, sockets, pages };
