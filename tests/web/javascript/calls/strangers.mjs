// Answers that are wrong, break off, or come from something that is no Iris server.

import { drained, equal, failure, matches, ok } from "./check.mjs";

/** What a stub answers a call with, and what becomes of the call. */
const UNARY = [
    ["html", 900, "unknown", /did not answer as an Iris server.*status 200.*text\/html.*<!doctype html>/],
    ["bad-gateway", 900, "unavailable", /status 502.*text\/html.*\(3 attempts\)/],
    ["not-found", 900, "unimplemented", /status 404.*text\/plain.*and begins: no such page/],
    ["redirected-to-html", 900, "unknown", /did not answer as an Iris server/],
    ["empty", 900, "unknown", /no content type and is empty/],
    ["binary", 900, "unknown", /bytes that are no text: 1f 8b 08/],
    ["json-in-place-of-protobuf", 900, "internal", /`application\/json` where `application\/proto`/],
    ["error-of-a-proxy", 900, "unavailable", /upstream connect error/],
    ["error-without-a-code", 900, "permission_denied", /not for you/],
    ["error-without-words", 900, "not_found", /`not_found` and no message/],
    ["error-with-a-broken-detail", 900, "aborted", /words/],
    ["error-that-is-no-json", 900, "unknown", /begins: \{"code"/],
    ["cut-short", 900, "unavailable", /middle of the answer|cannot reach/],
    ["closing", 900, "unavailable", /cannot reach.*\(3 attempts\)/],
];

const STREAMS = [
    ["html", 900, "unknown", /text\/html/, 0],
    // A browser may give nothing of what came before.
    ["stream-cut-short", 900, "unavailable", /middle of the answer/],
    ["stream-ending-in-an-envelope", 911, "internal", /inside an envelope/, 1],
    ["stream-ending-in-a-prefix", 911, "internal", /inside an envelope/, 1],
    ["stream-without-an-end", 900, "internal", /without saying how the call ended/, 2],
    ["stream-with-an-end-that-is-none", 900, "internal", /no end of a Connect stream/, 1],
    ["stream-with-a-compressed-envelope", 900, "internal", /flags 1/, 1],
    ["stream-with-an-error-without-a-code", 900, "unknown", /words/, 0],
    ["stream-in-json", 900, "internal", /`application\/connect\+json`/, 0],
    ["stream-over-the-limit", 913, "resource_exhausted", /4294967295/, 1],
];

export const strangers = [
    ...UNARY.map(([stub, code, status, pattern]) => ({
        name: `a call is answered: ${stub}`,
        async run({ module, host }) {
            const error = await failure(new module.Remotes(await host.stub(stub)).shapes.echo({ text: "a" }));
            equal([error.code, error.status], [code, status], error.internalMessage);
            matches(error.internalMessage, pattern);
        },
    })),
    ...STREAMS.map(([stub, code, status, pattern, count]) => ({
        name: `a stream is answered: ${stub}`,
        async run({ module, host }) {
            const stream = new module.Remotes(await host.stub(stub)).shapes.count({});
            const { messages, error } = await drained(stream);
            equal([error?.code, error?.status], [code, status], error?.internalMessage);
            equal(messages.length, count ?? messages.length);
            matches(error.internalMessage, pattern);
            equal(await stream.next(), { done: true, value: undefined });
        },
    })),
    {
        name: "one message where a stream is one",
        async run({ module, host }) {
            const remotes = new module.Remotes(await host.stub("two-messages"), { streams: "fetch" });
            if (!(await host.isNode())) return;
            equal((await failure(remotes.shapes.sum([]))).status, "unimplemented");
            const none = new module.Remotes(await host.stub("no-message"), { streams: "fetch" });
            equal((await failure(none.shapes.sum([]))).status, "unimplemented");
        },
    },
    {
        name: "fields that the package does not know are passed over",
        async run({ module, host }) {
            equal(await new module.Remotes(await host.stub("unknown-fields")).shapes.echo({}), { text: "known" });
        },
    },
    {
        name: "idempotent calls are sent again, and others are not",
        async run({ module, host }) {
            const failingTwice = await host.stub("failing-twice");
            equal(await new module.Remotes(failingTwice).shapes.echo({}), { text: "third" });
            const other = await host.stub("failing-twice");
            equal((await failure(new module.Remotes(other).shapes.swallow({}))).status, "unavailable");
            equal((await host.seen(other)).split("\n").length, 1);
            // A code means that the procedure ran.
            const coded = await host.stub("unavailable-with-a-code");
            equal((await failure(new module.Remotes(coded).shapes.echo({}))).code, 5);
            equal((await host.seen(coded)).split("\n").length, 1);
            // But for 900, which says that it did not.
            const full = await host.stub("turning-away");
            equal((await failure(new module.Remotes(full).shapes.echo({}))).code, 900);
            equal((await host.seen(full)).split("\n").length, 3);
            // The deadline is of all attempts together.
            const always = await host.stub("bad-gateway");
            const error = await failure(new module.Remotes(always).shapes.echo({}, { deadline: 20 }));
            equal(error.code, 900);
        },
    },
    {
        name: "retries have a budget",
        async run({ module, host }) {
            const server = await host.stub("bad-gateway");
            const remotes = new module.Remotes(server);
            await Promise.all(Array.from({ length: 40 }, () => failure(remotes.shapes.echo({}))));
            const attempts = (await host.seen(server)).split("\n").length;
            // 40 calls earn 8 retries, 10 are given, and each second gives 10 more.
            if (attempts >= 40 + 2 * 40) throw new Error(`${attempts} attempts`);
        },
    },
    {
        name: "integers beyond those that numbers hold",
        async run({ url, module }) {
            const remotes = new module.Remotes(url);
            for (const number of [2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n)]) {
                equal(await remotes.shapes.sum([{ number }]), { number });
            }
            remotes.close();
        },
    },
    {
        name: "a slow reader slows the server down",
        async run({ module, host }) {
            const server = await host.stub("flooding");
            const stream = new module.Remotes(server).failures.flood();
            equal((await stream.next()).value.data.length, 65_536);
            // The server sends until nobody takes anything. Chromium itself keeps some 64 MiB for a page that does not read.
            let sent = 0;
            for (let still = 0; still < 200; still += 1) {
                const now = await host.sent(server);
                if (now !== sent) still = 0;
                sent = now;
            }
            ok(sent < 160 << 20, `${sent} bytes were taken that nobody asked for`);
            for (let read = 0; read < 4 << 20; ) read += (await stream.next()).value.data.length;
            await stream.return();
        },
    },
];
