// Every kind of call, each way that it may go.

import { drained, equal, matches, ok } from "./check.mjs";

/** Calls that send one message go each way; those that send a stream go over a WebSocket, or by `fetch` in Node.js 20. */
const WAYS = ["auto", "fetch", "websocket"];
const UPLOADING = ["auto", "websocket"];

const each = (ways, name, run) =>
    ways.map((streams) => ({
        name: `${name} (${streams})`,
        run: (test) => run(test, new test.module.Remotes(test.url, { streams })),
        needsSocket: streams === "websocket",
    }));

export const kinds = [
    ...each(WAYS, "a message in, a message out", async (test, remotes) => {
        equal(await remotes.shapes.echo({ text: "häß 😀" }), { text: "häß 😀" });
        equal(await remotes.shapes.echo({}), { text: "" });
        remotes.close();
    }),
    ...each(WAYS, "a long text", async (test, remotes) => {
        const text = "häß 😀, ".repeat(5000);
        equal(await remotes.shapes.echo({ text }), { text });
        remotes.close();
    }),
    ...each(WAYS, "a message of many", async (test, remotes) => {
        const texts = Array.from({ length: 500 }, (_, index) => `${"häß 😀".repeat(index % 7)}${index}`);
        const children = texts.map((text) => ({ inner: { text } }));
        const tree = await remotes.shapes.tree({ children: [{ children }, {}] });
        equal(tree.children.length, 2);
        equal(tree.children[0].children.map(({ inner }) => inner.text), texts);
        equal(tree.children[1], { inner: undefined, children: [] });
        remotes.close();
    }),
    ...each(WAYS, "no message in or out", async (test, remotes) => {
        equal(await remotes.shapes.fetch(), { text: "fetched" });
        equal(await remotes.shapes.swallow({ text: "a" }), undefined);
        equal(await remotes.shapes.ping(), undefined);
        remotes.close();
    }),
    ...each(WAYS, "a message of a megabyte", async (test, remotes) => {
        const data = new Uint8Array(1 << 20).map((_, index) => index * 7);
        equal(await remotes.shapes.length({ data }), { number: 1n << 20n });
        const blob = await remotes.shapes.blob({ number: 1 << 20 });
        equal(blob.data.length, 1 << 20);
        ok(blob.data.every((byte) => byte === 7), "another byte");
        remotes.close();
    }),
    ...each(WAYS, "calls at the same time", async (test, remotes) => {
        const texts = Array.from({ length: 50 }, (_, index) => `${index}`);
        const answers = await Promise.all(texts.map((text) => remotes.shapes.echo({ text })));
        equal(answers, texts.map((text) => ({ text })));
        remotes.close();
    }),
    ...each(WAYS, "a message in, a stream out", async (test, remotes) => {
        const stream = remotes.shapes.count({ from: 0, to: 1000, failAt: -1 });
        const { messages, error } = await drained(stream);
        equal(error, undefined);
        equal(messages.map(({ number }) => number), Array.from({ length: 1000 }, (_, index) => BigInt(index)));
        equal(await stream.next(), { done: true, value: undefined });
        remotes.close();
    }),
    ...each(WAYS, "a stream that fails in the middle", async (test, remotes) => {
        const { messages, error } = await drained(remotes.shapes.count({ from: 0, to: 9, failAt: 3 }));
        equal(messages.length, 3);
        ok(error instanceof test.module.IrisError, "no IrisError");
        equal([error.code, error.status], [2, "not_found"]);
        remotes.close();
    }),
    ...each(WAYS, "a stream that fails at its beginning", async (test, remotes) => {
        const { messages, error } = await drained(remotes.shapes.count({ from: 2, to: 1 }));
        equal([messages.length, error.code], [0, test.module.ErrorCode.Documented]);
        remotes.close();
    }),
    ...each(UPLOADING, "a stream in, a message out", async (test, remotes) => {
        const numbers = [{ number: 1 }, { number: 2n }, {}];
        equal(await remotes.shapes.sum(numbers), { number: 3n }, "an array");
        equal(await remotes.shapes.sum([]), { number: 0n }, "no message");
        async function* generated() {
            for (let number = 0; number < 2000; number += 1) yield { number };
        }
        equal(await remotes.shapes.sum(generated()), { number: 1999000n }, "a generator");
        remotes.close();
    }),
    ...each(UPLOADING, "a stream in, a stream out", async (test, remotes) => {
        const said = new Said();
        const answers = remotes.shapes.chat(said);
        // Each is answered before the next is sent, which takes both directions at once.
        for (const text of ["a", "b", "c"]) {
            said.say({ text });
            equal(await answers.next(), { done: false, value: { text: text.toUpperCase() } });
        }
        said.end();
        equal(await answers.next(), { done: true, value: undefined });
        remotes.close();
    }),
    ...each(UPLOADING, "more than any window holds, both ways", async (test, remotes) => {
        const long = "x".repeat(100_000);
        async function* texts() {
            for (let count = 0; count < 40; count += 1) yield { text: long };
        }
        let received = 0;
        for await (const { text } of remotes.shapes.chat(texts())) {
            equal(text.length, long.length);
            received += 1;
        }
        equal(received, 40);
        remotes.close();
    }),
    {
        name: "a remote alone, over a client of its own",
        async run({ url, module }) {
            equal(await new module.Shapes(url).echo({ text: "a" }), { text: "a" });
            const client = new module.IrisClient(url);
            equal(await new module.Shapes(client).echo({ text: "a" }), { text: "a" });
            equal(await new module.Remotes(client).shapes.echo({ text: "a" }), { text: "a" });
        },
    },
    {
        name: "headers go along, those of the call in place of the client's",
        async run({ url, module }) {
            const remotes = new module.Remotes(url, { headers: { "x-word": "client", "X-Other": "a" } });
            equal((await remotes.callFacts.facts()).metadata, "client");
            equal((await remotes.callFacts.facts({ headers: { "X-WORD": "call" } })).metadata, "call");
            equal((await remotes.callFacts.facts({ headers: new Map([["x-word", "map"]]) })).metadata, "map");
        },
    },
    {
        name: "servers are told the deadline",
        async run({ url, module }) {
            const remotes = new module.Remotes(url, { deadline: 60_000 });
            const { remaining } = await remotes.callFacts.facts();
            ok(remaining > 0n && remaining <= 60_000n, `${remaining} ms are left`);
            const shorter = await remotes.callFacts.facts({ deadline: 5_000 });
            ok(shorter.remaining <= 5_000n, `${shorter.remaining} ms are left`);
            equal((await new module.Remotes(url).callFacts.facts()).remaining, undefined);
        },
    },
    {
        name: "calls over a socket know their headers and deadlines too",
        needsSocket: true,
        async run({ url, module }) {
            const remotes = new module.Remotes(url, { streams: "websocket", headers: { "x-word": "socket" } });
            const { metadata, remaining, path } = await remotes.callFacts.facts({ deadline: 60_000 });
            equal([metadata, path], ["socket", "/testing.v1.CallFacts/Facts"]);
            ok(remaining > 0n && remaining <= 60_000n, `${remaining} ms are left`);
            remotes.close();
        },
    },
    {
        // A page can put no header into the handshake; and what the handshake has, no call may have too.
        name: "a call says over a socket by what right it comes",
        needsSocket: true,
        async run({ url, module, host }) {
            const server = await host.socketStub("socket-telling-who-calls");
            const remotes = new module.Remotes(server, { streams: "websocket", headers: { Authorization: "Bearer one" } });
            equal(await remotes.shapes.echo({}), { text: "undefined, Bearer one" });
            const headers = { authorization: "Bearer two" };
            equal(await remotes.shapes.echo({}, { headers }), { text: "undefined, Bearer two" });
            remotes.close();
            // What else browsers and Node.js say in handshakes is in no call's way.
            const own = new module.Remotes(url, { streams: "websocket", headers: { "accept-language": "de", ...headers } });
            await own.shapes.ping();
            equal(await own.shapes.sum([{ number: 1 }]), { number: 1n });
            own.close();
        },
    },
    {
        name: "a path before those of the procedures, and none",
        async run({ url, module, host }) {
            const prefixed = await host.stub("prefixed");
            equal(await new module.Remotes(`${prefixed}/some/where/`).shapes.echo({}), { text: "/some/where" });
            matches(await host.seen(prefixed), /^POST \/some\/where\/testing.v1.Shapes\/Echo$/m);
            equal(await new module.Remotes(new URL(url)).shapes.echo({ text: "a" }), { text: "a" });
        },
    },
];

/** Requests that are said one by one. */
export class Said {
    #waiting = [];
    #ended = false;
    #wake = () => {};
    /** Whether whoever read them has left. */
    left = false;

    say(request) {
        this.#waiting.push(request);
        this.#wake();
    }

    end() {
        this.#ended = true;
        this.#wake();
    }

    async *[Symbol.asyncIterator]() {
        try {
            for (;;) {
                while (this.#waiting.length > 0) yield this.#waiting.shift();
                if (this.#ended) return;
                await new Promise((wake) => (this.#wake = wake));
            }
        } finally {
            this.left = true;
        }
    }
}
