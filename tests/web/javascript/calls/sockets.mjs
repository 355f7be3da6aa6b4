// WebSockets that are closed, refused, lost, or broken by their server.

import { drained, equal, failure, matches, ok } from "./check.mjs";
import { Said } from "./kinds.mjs";

/** What the server at the other end of a socket does, and what becomes of a call. */
const BROKEN = [
    ["socket-refused", "unavailable", /no WebSocket at/],
    ["socket-of-another-protocol", "unavailable", /WebSocket/],
    ["socket-with-text", "internal", /no frame/],
    ["socket-with-a-short-frame", "internal", /no frame/],
    ["socket-with-a-long-frame", "internal", /too long/],
    ["socket-with-a-head-that-is-none", "internal", /HEAD/],
    ["socket-with-a-window-of-3-bytes", "internal", /wrong length/],
    ["socket-resetting", "internal", /reset the call.*(4|internal)/],
    ["socket-cancelling", "canceled", /reset the call/],
    ["socket-ending-at-once", "internal", /without an answer/],
    ["socket-closing", "unavailable", /1001.*on my way/],
    ["socket-closing-on-us", "internal", /1002.*what was that/],
    ["socket-vanishing", "unavailable", /broke/],
    ["socket-vanishing-in-a-frame", "unavailable", /broke/],
];

/** The same for a stream, of which one message comes before. */
const BROKEN_STREAMS = [
    ["socket-ending-in-an-envelope", 911, "internal", /inside an envelope/],
    ["socket-ending-without-a-word", 900, "internal", /without saying how the call ended/],
    ["socket-vanishing-in-a-stream", 900, "unavailable", /broke/],
];

export const sockets = [
    ...BROKEN.map(([stub, status, pattern]) => ({
        name: `a socket breaks: ${stub}`,
        needsSocket: true,
        async run({ module, host }) {
            const remotes = new module.Remotes(await host.socketStub(stub), { streams: "websocket" });
            const error = await failure(remotes.shapes.swallow({ text: "a" }));
            ok(error instanceof module.IrisError, `${error}`);
            equal([error.code, error.status], [900, status], error.internalMessage);
            matches(error.internalMessage, pattern);
            remotes.close();
        },
    })),
    ...BROKEN_STREAMS.map(([stub, code, status, pattern]) => ({
        name: `a stream over a socket breaks: ${stub}`,
        needsSocket: true,
        async run({ module, host }) {
            const remotes = new module.Remotes(await host.socketStub(stub), { streams: "websocket" });
            const { messages, error } = await drained(remotes.shapes.count({}));
            equal([error?.code, error?.status], [code, status], error?.internalMessage);
            matches(error.internalMessage, pattern);
            equal(messages, [{ number: 1n }]);
            remotes.close();
        },
    })),
    {
        name: "a server that does not keep to the window",
        needsSocket: true,
        async run({ module, host }) {
            const remotes = new module.Remotes(await host.socketStub("socket-beyond-its-window"), { streams: "websocket" });
            const stream = remotes.shapes.count({});
            equal((await stream.next()).value, { number: 1n });
            // Its answer comes behind what nobody reads.
            equal(await remotes.shapes.echo({}), { text: "behind" });
            // What came before may be read, or not.
            const { error } = await drained(stream);
            equal([error.code, error.status], [900, "internal"]);
            matches(error.internalMessage, /window/i);
            remotes.close();
        },
    },
    {
        name: "unknown frames, and frames of calls that are over, mean nothing",
        needsSocket: true,
        async run({ module, host }) {
            const remotes = new module.Remotes(await host.socketStub("socket-of-the-future"), { streams: "websocket" });
            equal(await remotes.shapes.echo({}), { text: "future" });
            equal(await remotes.shapes.echo({}), { text: "future" });
            remotes.close();
        },
    },
    {
        name: "calls that the server did not look at are sent again, whatever they do",
        needsSocket: true,
        async run({ module, host }) {
            const server = await host.socketStub("socket-going-away-once");
            const remotes = new module.Remotes(server, { streams: "websocket" });
            equal(await remotes.shapes.swallow({ text: "a" }), undefined);
            remotes.close();
            const refusing = await host.socketStub("socket-refusing-once");
            const others = new module.Remotes(refusing, { streams: "websocket" });
            equal(await others.shapes.swallow({ text: "a" }), undefined);
            others.close();
        },
    },
    {
        name: "all calls of a client share one socket",
        needsSocket: true,
        async run({ module, host }) {
            const server = await host.socketStub("socket-answering");
            const remotes = new module.Remotes(server, { streams: "websocket" });
            await Promise.all([remotes.shapes.echo({}), remotes.shapes.echo({}), remotes.shapes.echo({})]);
            await remotes.shapes.echo({});
            equal(await host.seen(server), "opened");
            // A client that is closed opens another for later calls.
            remotes.close();
            equal(await remotes.shapes.echo({}), { text: "socket" });
            equal(await host.seen(server), "opened\nopened");
            remotes.close();
        },
    },
    {
        name: "the server starts anew while there are calls on a socket",
        needsSocket: true,
        async run({ url, module, host }) {
            const remotes = new module.Remotes(url, { streams: "websocket" });
            const said = new Said();
            const answers = remotes.shapes.chat(said);
            said.say({ text: "a" });
            equal((await answers.next()).value, { text: "A" });
            const next = failure(answers.next());
            const watching = drained(remotes.failures.hangInStream());
            await host.stop();
            const error = await next;
            equal([error.code, error.status], [900, "unavailable"]);
            const { error: watched } = await watching;
            equal([watched.code, watched.status], [900, "unavailable"]);
            // While it is away calls fail, and do so soon.
            const away = await failure(remotes.shapes.swallow({ text: "a" }));
            equal([away.code, away.status], [900, "unavailable"]);
            await host.start();
            equal(await remotes.shapes.echo({ text: "again" }), { text: "again" });
            said.end();
            remotes.close();
        },
    },
    {
        name: "a deadline passes while a socket is opened",
        needsSocket: true,
        async run({ module, host }) {
            const remotes = new module.Remotes(await host.socketStub("socket-silent"), { streams: "websocket" });
            const error = await failure(remotes.shapes.ping({ deadline: 200 }));
            equal([error.code, error.status], [900, "deadline_exceeded"]);
            const controller = new AbortController();
            const call = failure(remotes.shapes.sum([{ number: 1 }], { signal: controller.signal }));
            controller.abort();
            equal((await call).status, "canceled");
            remotes.close();
        },
    },
    {
        name: "a server that does not read fills no page, whatever it lets its callers send",
        needsSocket: true,
        async run({ module, host }) {
            const opened = [];
            const { WebSocket } = globalThis;
            globalThis.WebSocket = class extends WebSocket {
                constructor(...parts) {
                    super(...parts);
                    opened.push(this);
                }
            };
            let most = 0;
            const remotes = new module.Remotes(await host.socketStub("socket-luring"), { streams: "websocket" });
            try {
                const text = "x".repeat(64 * 1024 - 100);
                const texts = (async function* () {
                    for (let count = 0; count < 250; count += 1) {
                        yield { text };
                        most = Math.max(most, opened[0].bufferedAmount);
                    }
                })();
                equal((await drained(remotes.shapes.chat(texts))).error, undefined);
            } finally {
                globalThis.WebSocket = WebSocket;
                remotes.close();
            }
            equal(opened.length, 1);
            ok(most > 0 && most < (1 << 20) + (1 << 18), `${most} bytes waited for a server that did not read`);
        },
    },
    {
        name: "a slow reader slows the server down, over a socket",
        needsSocket: true,
        async run({ module, host }) {
            const server = await host.socketStub("socket-flooding");
            const remotes = new module.Remotes(server, { streams: "websocket" });
            let read = 0;
            for await (const { data } of remotes.failures.flood()) {
                read += data.length;
                for (let turn = 0; turn < 5; turn += 1) await host.sent(server);
                const ahead = (await host.sent(server)) - read;
                // The window, and what is on its way to be counted.
                ok(ahead <= (1 << 18) + 100_000, `${ahead} bytes were taken that nobody asked for`);
                if (read > 4 << 20) break;
            }
            remotes.close();
        },
    },
];
