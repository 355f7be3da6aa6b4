// Calls that are not waited for to their end.

import { drained, equal, failure, matches, ok } from "./check.mjs";
import { Said } from "./kinds.mjs";

const WAYS = ["auto", "websocket"];

const each = (name, run) =>
    WAYS.map((streams) => ({
        name: `${name} (${streams})`,
        needsSocket: streams === "websocket",
        async run(test) {
            const remotes = new test.module.Remotes(test.url, { streams });
            await run(test, remotes);
            // The client goes on.
            equal(await remotes.shapes.echo({ text: "after" }), { text: "after" });
            remotes.close();
        },
    }));

export const cancelling = [
    ...each("a signal aborts a call", async ({ host }, remotes) => {
        const controller = new AbortController();
        const call = failure(remotes.failures.hang({ signal: controller.signal }));
        await host.begun();
        controller.abort(new Error("of the page's own"));
        const error = await call;
        equal([error.code, error.status], [900, "canceled"]);
        equal(error.cause.message, "of the page's own");
        // The server's procedure is gone.
        await host.dropped();
    }),
    ...each("one signal aborts many calls, of which none is left behind", async ({ host }, remotes) => {
        const controller = new AbortController();
        const { signal } = controller;
        let [listeners, most] = [0, 0];
        const { addEventListener, removeEventListener } = signal;
        signal.addEventListener = (...given) => {
            listeners += 1;
            most = Math.max(most, listeners);
            addEventListener.apply(signal, given);
        };
        signal.removeEventListener = (...given) => {
            listeners -= 1;
            removeEventListener.apply(signal, given);
        };
        const over = await Promise.all(Array.from({ length: 12 }, () => remotes.shapes.echo({ text: "a" }, { signal })));
        equal(over.length, 12);
        equal([listeners, most], [0, 1]);
        const calls = [1, 2].map(() => failure(remotes.failures.hang({ signal })));
        for (const _ of calls) await host.begun();
        controller.abort();
        for (const error of await Promise.all(calls)) equal([error.code, error.status], [900, "canceled"]);
        for (const _ of calls) await host.dropped();
        equal([listeners, most], [0, 1]);
    }),
    ...each("a signal that was aborted before sends nothing", async (_, remotes) => {
        const error = await failure(remotes.failures.panic({ signal: AbortSignal.abort() }));
        equal([error.code, error.status], [900, "canceled"]);
        const { error: streamed } = await drained(remotes.shapes.count({}, { signal: AbortSignal.abort() }));
        equal([streamed.code, streamed.status], [900, "canceled"]);
    }),
    ...each("a signal aborts a stream", async ({ host }, remotes) => {
        const controller = new AbortController();
        const stream = remotes.failures.hangInStream({ signal: controller.signal });
        equal((await stream.next()).value, { number: 0n });
        const next = failure(stream.next());
        controller.abort();
        equal([(await next).code, (await next).status], [900, "canceled"]);
        equal(await stream.next(), { done: true, value: undefined });
        await host.dropped();
    }),
    ...each("leaving the loop cancels the call", async ({ host }, remotes) => {
        for await (const { number } of remotes.failures.hangInStream()) {
            equal(number, 0n);
            break;
        }
        await host.dropped();
    }),
    ...each("a stream is given up while it is waited for", async ({ host }, remotes) => {
        const stream = remotes.failures.hangInStream();
        await stream.next();
        const next = stream.next();
        equal(await stream.return(), { done: true, value: undefined });
        equal(await next, { done: true, value: undefined });
        await host.dropped();
        // One that nobody asked for anything was no call at all.
        equal(await remotes.failures.hangInStream().return(), { done: true, value: undefined });
    }),
    ...each("an error in the loop cancels the call", async ({ host }, remotes) => {
        const error = await failure(
            (async () => {
                for await (const _ of remotes.failures.hangInStream()) throw new Error("of the page's own");
            })(),
        );
        equal(error.message, "of the page's own");
        await host.dropped();
    }),
    ...each("a deadline ends a call", async ({ host }, remotes) => {
        // What a first call takes is not to be of the deadline's.
        await remotes.shapes.ping();
        const error = await failure(remotes.failures.hang({ deadline: 300 }));
        equal([error.code, error.status], [900, "deadline_exceeded"]);
        matches(error.internalMessage, /deadline/);
        await host.dropped();
        const { messages, error: streamed } = await drained(remotes.failures.hangInStream({ deadline: 500 }));
        equal([messages.length, streamed.status], [1, "deadline_exceeded"]);
        await host.dropped();
    }),
    {
        name: "deadlines that are none",
        async run({ url, module }) {
            const { shapes } = new module.Remotes(url);
            for (const deadline of [0, -5]) {
                const error = await failure(shapes.ping({ deadline }));
                equal([error.code, error.status], [900, "deadline_exceeded"]);
            }
            for (const deadline of [NaN, "soon"]) {
                const error = await failure(shapes.ping({ deadline }));
                equal([error.code, error.status], [900, "invalid_argument"]);
            }
            // Longer than timers are.
            await shapes.ping({ deadline: 2 ** 40 });
            await shapes.ping({ deadline: Infinity });
        },
    },
    {
        name: "requests are no longer wanted once the call is over",
        async run({ url, module }) {
            const remotes = new module.Remotes(url);
            const said = new Said();
            said.say({ text: "a" });
            for await (const { text } of remotes.shapes.chat(said)) {
                equal(text, "A");
                break;
            }
            // It waits for the next, and so does not see that nobody wants it before there is one.
            said.say({ text: "b" });
            said.end();
            const error = await failure(remotes.shapes.sum(failingRequests()));
            equal([error.code, error.status], [900, "canceled"]);
            equal(error.cause.message, "of the page's own");
            const notIterable = await failure(remotes.shapes.sum(5));
            equal([notIterable.code, notIterable.status], [900, "invalid_argument"]);
            equal((await drained(remotes.shapes.chat(undefined))).error.status, "invalid_argument");
            remotes.close();
        },
    },
    {
        name: "a generator of requests is left where the call fails",
        async run({ url, module }) {
            const remotes = new module.Remotes(url);
            let left;
            const wasLeft = new Promise((resolve) => (left = resolve));
            async function* endless() {
                try {
                    for (;;) yield { number: "five" };
                } finally {
                    left();
                }
            }
            equal((await failure(remotes.shapes.sum(endless()))).code, 910);
            await wasLeft;
            remotes.close();
        },
    },
    {
        name: "options that cannot be used",
        async run({ url, module }) {
            const { IrisClient, IrisError, Remotes } = module;
            for (const wrong of ["ftp://example.com", "http://", "http://ada:secret@127.0.0.1", "http://ada:secret@", "http://a/b?c", "http://a/#b"]) {
                const error = await failure((async () => new IrisClient(wrong))());
                ok(error instanceof IrisError, `${wrong}: ${error}`);
                equal([error.code, error.status], [900, "invalid_argument"]);
                ok(!error.message.includes("secret"), error.message);
            }
            for (const options of [{ streams: "pigeons" }, { headers: { "a b": "c" } }, { headers: { te: "trailers" } }]) {
                const error = await failure((async () => new Remotes(url, options))());
                equal([error.code, error.status], [900, "invalid_argument"]);
            }
            for (const headers of [{ "content-type": "a" }, { "connect-x": "a" }, { "x-a": "ä" }, { "x-a": "b\nc" }]) {
                const error = await failure(new Remotes(url).shapes.ping({ headers }));
                equal([error.code, error.status], [900, "invalid_argument"]);
            }
        },
    },
];

async function* failingRequests() {
    yield { number: 1 };
    throw new Error("of the page's own");
}
