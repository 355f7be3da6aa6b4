// Looks over a package's shoulder: what it asks of WebAssembly.

/** Counts from now on; `restore` ends it. */
export function spy() {
    const { Instance } = WebAssembly;
    const told = { started: 0, asked: 0, read: 0 };
    WebAssembly.Instance = function watched(module) {
        told.started += 1;
        const { exports } = new Instance(module);
        const decode_message = (...given) => {
            const block = exports.decode_message(...given);
            told.asked += 1;
            if (block !== 0) told.read += 1;
            return block;
        };
        return { exports: { ...exports, decode_message } };
    };
    return { told, restore: () => (WebAssembly.Instance = Instance) };
}
