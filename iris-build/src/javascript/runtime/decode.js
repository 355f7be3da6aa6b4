// Reading messages in a package without WebAssembly.

import { readHere } from "./message.js";

/** The message of these bytes, with all of its fields. */
export const decode = readHere;
