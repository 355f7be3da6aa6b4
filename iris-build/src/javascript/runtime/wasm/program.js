// The program in WebAssembly. It is a part of the module: nothing is fetched, and nothing has to be put anywhere.

import { DECODER } from "./decoder.js";

let compiled;

/** Its exports, with a memory of their own. `null` where the page does not allow WebAssembly. */
export function program() {
    if (compiled === undefined) {
        try {
            const letters = atob(DECODER);
            compiled = new WebAssembly.Module(Uint8Array.from(letters, (letter) => letter.charCodeAt(0)));
        } catch {
            compiled = null;
        }
    }
    return compiled && new WebAssembly.Instance(compiled).exports;
}
