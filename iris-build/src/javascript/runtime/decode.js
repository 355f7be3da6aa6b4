// Reading messages in a package without WebAssembly.

import { readMessage } from "./message.js";

/** The message of these bytes, with all of its fields. */
export const decode = readMessage;
