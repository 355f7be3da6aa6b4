// What carries calls in the flavour with WebAssembly: iris-client, compiled. It is there once the first call needs it.

import { communication } from "../error.js";
import * as module$ from "./iris.js";
import { thrown } from "./wire.js";

/** The module once it runs, or on its way there. */
let running;

/** Gets the module. Where that fails, the next call tries again. */
function run() {
    running ??= load().catch((cause) => {
        running = undefined;
        throw communication("unavailable", `the package's WebAssembly cannot be loaded: ${cause}`, cause);
    });
    return running;
}

async function load() {
    const url = new URL("iris_bg.wasm", import.meta.url);
    // In Node.js `fetch` opens no files.
    const files = url.protocol === "file:" && globalThis.process?.getBuiltinModule?.("node:fs/promises");
    await module$.default({ module_or_path: files ? files.readFile(url) : url });
}

export class Carrier {
    #client;
    #connection;

    constructor(client) {
        this.#client = client;
        // By the time of the first call it may be there. Whoever calls is told if not.
        run().catch(() => {});
    }

    /** What calls go over. */
    async connection() {
        await run();
        const { base, credentials, streams, limit } = this.#client;
        try {
            this.#connection ??= new module$.Connection(base, credentials, streams, limit);
        } catch (error) {
            throw thrown(error);
        }
        return this.#connection;
    }

    /** Lets go of the socket, once the calls on it are done. */
    close() {
        this.#connection?.free();
        this.#connection = undefined;
    }
}
