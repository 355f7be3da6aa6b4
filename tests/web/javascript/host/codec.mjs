// Holds a package's reading and writing of messages against prost, by way of `codec_oracle` (tests/web/server).
//
// Nothing of a package but its procedures is public, so a call reads the message, and another one writes what was read.

import { spawn } from "node:child_process";
import { once } from "node:events";

/** A field that no message has, of so many bytes. */
export function unknownField(length) {
    const field = Buffer.alloc(7 + length);
    // The number before the greatest, which one of them has; then a length.
    field.writeUInt32BE(0xf2_ff_ff_ff);
    field.writeUInt8(0x0f, 4);
    field.writeUInt8((length & 127) | 128, 5);
    field.writeUInt8(length >> 7, 6);
    return field;
}

/** Gives the package each case of the oracle, behind some bytes; fails where the oracle is not content. */
export async function compare({ Remotes, IrisError }, oracle, seed, before = Buffer.alloc(0)) {
    const child = spawn(oracle, seed === undefined ? [] : [seed], { stdio: ["pipe", "pipe", "pipe"] });
    const closed = once(child, "close");
    let report = "";
    child.stderr.on("data", (chunk) => (report += chunk));
    // It ends early where something is wrong with an answer; that is told below.
    child.stdin.on("error", () => {});
    const { echo } = new Remotes("http://127.0.0.1");
    const cases = new Cases(child.stdout);
    for (let item; (item = await cases.next()); ) {
        const bytes = Buffer.concat([before, item.bytes]);
        const { failure, written } = await again(echo, item.method, bytes, IrisError);
        const payload = failure === undefined ? written : new TextEncoder().encode(failure);
        const head = Buffer.alloc(5);
        head.writeUInt8(failure === undefined ? 0 : 1, 0);
        head.writeUInt32LE(payload.length, 1);
        child.stdin.write(head);
        if (!child.stdin.write(payload)) await once(child.stdin, "drain");
    }
    child.stdin.end();
    const [code] = await closed;
    return { passed: code === 0, report };
}

/** Lets a procedure answer these bytes, and gives what it is called with when it is called with its answer. */
async function again(echo, method, bytes, IrisError) {
    const { fetch } = globalThis;
    let written;
    try {
        globalThis.fetch = async (_, { body }) => {
            written = new Uint8Array(body);
            return new Response(bytes, { headers: { "content-type": "application/proto" } });
        };
        const message = await echo[method]({});
        await echo[method](message);
        return { written };
    } catch (error) {
        if (!(error instanceof IrisError) || error.code !== 911) throw error;
        return { failure: error.internalMessage };
    } finally {
        globalThis.fetch = fetch;
    }
}

/** Takes cases out of what the oracle writes. */
class Cases {
    #chunks;
    #bytes = Buffer.alloc(0);

    constructor(stream) {
        this.#chunks = stream[Symbol.asyncIterator]();
    }

    async next() {
        const length = await this.#take(1);
        if (!length) return undefined;
        const method = (await this.#take(length[0])).toString();
        const bytes = await this.#take((await this.#take(4)).readUInt32LE());
        return { method, bytes: new Uint8Array(bytes) };
    }

    async #take(count) {
        while (this.#bytes.length < count) {
            const { done, value } = await this.#chunks.next();
            if (done) return undefined;
            this.#bytes = Buffer.concat([this.#bytes, value]);
        }
        const taken = this.#bytes.subarray(0, count);
        this.#bytes = this.#bytes.subarray(count);
        return taken;
    }
}
