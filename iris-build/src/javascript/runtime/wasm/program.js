// The program in WebAssembly. It is a part of the module: nothing is fetched, and nothing has to be put anywhere.

// Printed by runtime.rs, from iris-decoder.
import { DECODER } from "./decoder.js";

let compiled;

/** Its exports, with a memory of their own. `null` where the page does not allow WebAssembly, or not yet. */
export function program() {
    if (compiled === undefined) {
        compiled = null;
        try {
            const program = Uint8Array.from(atob(DECODER), (letter) => letter.charCodeAt(0));
            try {
                compiled = new WebAssembly.Module(program);
            } catch {
                // Chromium before 114 compiles so much only aside. Where it is not allowed, this fails as well.
                WebAssembly.compile(program).then((module) => (compiled = module), () => {});
            }
        } catch {
            // There is no WebAssembly.
        }
    }
    return compiled && new WebAssembly.Instance(compiled).exports;
}
