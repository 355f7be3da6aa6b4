// Runs one case where it is loaded: in a page, in a worker of one, or in a thread of Node.

/**
 * `tell` does something outside. What is asked of this place itself, such as how many sockets there are, is answered
 * here.
 */
export async function run({ module, wasm, name, world }, tell) {
    const clock = setClock();
    const sockets = countSockets();
    const here = {
        "open sockets": () => sockets.filter((socket) => socket.readyState === 1).length,
        sockets: () => sockets.length,
        received: () => sockets.at(-1).received,
        "no sockets": () => delete globalThis.WebSocket,
    };
    const { default: load, run } = await import(module);
    await load({ module_or_path: wasm });
    await new Promise((resolve, reject) => {
        globalThis.failed = (text) => {
            const failure = new Error(text);
            reject(failure);
            // Wherever this place tells of errors: nothing in the module runs any more.
            throw failure;
        };
        // A page and Node tell of these by themselves, a worker does not.
        globalThis.addEventListener?.("unhandledrejection", ({ reason }) => reject(new Error(`nobody looks after: ${reason}`)));
        world.tell = async (command) => {
            const advance = command.match(/^advance (\d+)$/);
            if (advance) clock.advance(Number(advance[1]));
            // Its place has had a turn when the answer of outside is here.
            const answer = await tell(advance || command in here ? "turn" : command);
            return String(command in here ? here[command]() : answer);
        };
        // What is rejected and not looked after is told at the end of a task.
        run(name, world).then(() => setTimeout(resolve), reject);
    });
}

export async function names({ module, wasm }) {
    const { default: load, names } = await import(module);
    await load({ module_or_path: wasm });
    return names();
}

/** Every socket made from now on. */
function countSockets() {
    const made = [];
    const Real = globalThis.WebSocket;
    globalThis.WebSocket = class extends Real {
        constructor(...parameters) {
            super(...parameters);
            made.push(this);
            this.received = 0;
            this.addEventListener("message", () => this.received++);
        }
    };
    return made;
}

/** Time that a case can advance. Until then it is as ever. */
function setClock() {
    const { setTimeout, clearTimeout } = globalThis;
    const now = performance.now.bind(performance);
    const timers = new Map();
    let ahead = 0;
    performance.now = () => now() + ahead;
    globalThis.setTimeout = (callback, milliseconds = 0, ...parameters) => {
        const run = () => {
            timers.delete(Number(handle));
            callback(...parameters);
        };
        // In Node an object, which is a number where one is asked for.
        const handle = setTimeout(run, milliseconds);
        timers.set(Number(handle), { run, at: performance.now() + milliseconds });
        return handle;
    };
    globalThis.clearTimeout = (handle) => {
        clearTimeout(handle);
        timers.delete(Number(handle));
    };
    return {
        advance(milliseconds) {
            ahead += milliseconds;
            const due = [...timers].filter(([, { at }]) => at <= performance.now());
            for (const [handle, { run }] of due.sort(([, one], [, other]) => one.at - other.at)) {
                clearTimeout(handle);
                run();
            }
        },
    };
}
