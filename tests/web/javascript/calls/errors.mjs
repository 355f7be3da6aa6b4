// Every code that a call may fail with.

import { drained, equal, failure, matches, ok } from "./check.mjs";

async function failing({ url, module }, text) {
    return failure(new module.Remotes(url).failures.fail({ text }));
}

/** The part of an error that programs look at. */
const facts = ({ code, status, internalMessage }) => [code, status, internalMessage];

export const errors = [
    {
        name: "codes of the server's own, 0 among them",
        async run(test) {
            const { ErrorCode, IrisError } = test.module;
            const zero = await failing(test, "zero");
            ok(zero instanceof IrisError && zero instanceof Error, "no IrisError");
            equal([zero.name, zero.code, zero.code === ErrorCode.Zero], ["IrisError", 0, true]);
            equal(facts(zero), [0, "unauthenticated", "Zero is a legal code."]);
            equal(zero.message, "0 (unauthenticated): Zero is a legal code.");
            equal(facts(await failing(test, "documented")).slice(0, 2), [ErrorCode.Documented, "failed_precondition"]);
            equal(facts(await failing(test, "formatted")), [2, "not_found", 'no row 7 in "users" {}']);
            equal(facts(await failing(test, "named")), [ErrorCode.Named, "failed_precondition", "3 too many"]);
            equal(facts(await failing(test, "large")).slice(0, 2), [ErrorCode.Large, "aborted"]);
        },
    },
    {
        name: "900: nothing listens at the URL",
        async run({ module, host }) {
            const url = await host.closed();
            const error = await failure(new module.Remotes(url).failures.panic());
            equal([error.code, error.status], [module.ErrorCode.IrisCommunicationError, "unavailable"]);
            matches(error.internalMessage, new RegExp(url));
            const { error: streamed } = await drained(new module.Remotes(url).shapes.count({}));
            equal([streamed.code, streamed.status], [900, "unavailable"]);
            matches(streamed.internalMessage, /cannot reach/);
        },
    },
    {
        name: "900: no socket at the URL",
        needsSocket: true,
        async run({ module, host }) {
            const remotes = new module.Remotes(await host.closed(), { streams: "websocket" });
            const error = await failure(remotes.failures.panic());
            equal([error.code, error.status], [900, "unavailable"]);
            matches(error.internalMessage, /WebSocket/);
            const sum = await failure(remotes.shapes.sum([{ number: 1 }]));
            equal([sum.code, sum.status], [900, "unavailable"]);
        },
    },
    {
        name: "901: no procedure is there",
        async run({ url, module, host }) {
            const error = await failure(new module.Remotes(`${url}/nowhere`).shapes.ping());
            equal([error.code, error.status], [module.ErrorCode.IrisProcedureNotFound, "unimplemented"]);
            // Of a server that is not Iris's.
            const other = await failure(new module.Remotes(await host.stub("unimplemented")).shapes.ping());
            equal(facts(other), [901, "unimplemented", "nothing here"]);
        },
    },
    {
        name: "902: the server failed, and keeps the cause to itself",
        async run(test) {
            const error = await failing(test, "anything");
            equal([error.code, error.status], [test.module.ErrorCode.IrisInternalServerError, "internal"]);
            matches(error.requestId, /^[0-9a-f]{32}$/);
            matches(error.message, /\[request [0-9a-f]{32}\]$/);
            const panicked = await failure(new test.module.Remotes(test.url).failures.panic());
            equal(panicked.code, 902);
            const { messages, error: streamed } = await drained(
                new test.module.Remotes(test.url).failures.panicInStream(),
            );
            equal([messages.length, streamed.code], [1, 902]);
        },
    },
    {
        name: "910: the server cannot read the message",
        async run({ url, module, host }) {
            // A proxy between spoils it.
            const spoiling = await host.stub("spoiling", url);
            const error = await failure(new module.Remotes(spoiling).shapes.echo({ text: "hello" }));
            equal([error.code, error.status], [module.ErrorCode.IrisInvalidRequestMessage, "invalid_argument"]);
        },
    },
    {
        name: "910: the message cannot be sent",
        async run({ url, module, host }) {
            const server = await host.stub("prefixed");
            const { shapes } = new module.Remotes(server);
            const refused = async (promise, pattern) => {
                const error = await failure(promise);
                ok(error instanceof module.IrisError, `${error} is no IrisError`);
                equal([error.code, error.status], [910, "invalid_argument"]);
                matches(error.internalMessage, pattern);
            };
            await refused(shapes.echo({ text: 5 }), /\/testing.v1.Shapes\/Echo.*text.*5/);
            await refused(shapes.blob({ number: 1.5 }), /number.*1\.5/);
            await refused(shapes.blob({ number: 2 ** 53 }), /number/);
            await refused(shapes.blob({ number: 2n ** 63n }), /number/);
            await refused(shapes.length({ data: "text" }), /data/);
            await refused(shapes.tree({ inner: 5 }), /inner/);
            await refused(shapes.tree({ children: [{ inner: { text: false } }] }), /children.*inner.*text/);
            await refused(shapes.tree({ children: {} }), /children/);
            await refused(shapes.echo(null), /null/);
            const cyclic = {};
            cyclic.children = [cyclic];
            await refused(shapes.tree(cyclic), /100/);
            const { error } = await drained(shapes.count({ from: 2 ** 31 }));
            equal([error.code, error.status], [910, "invalid_argument"]);
            equal(await host.seen(server), "", "what was sent");
            const { shapes: real } = new module.Remotes(url);
            await refused(real.sum([{ number: 1 }, { number: "2" }]), /number/);
            const { error: talked } = await drained(real.chat([{ text: 3 }]));
            equal(talked.code, 910);
        },
    },
    {
        name: "options and streams that are none",
        async run({ url, module }) {
            const { shapes } = new module.Remotes(url);
            equal(await shapes.echo({ text: "a" }, null), { text: "a" });
            const signal = await failure(shapes.echo({ text: "a" }, { signal: 5 }));
            ok(signal instanceof module.IrisError, `${signal} is no IrisError`);
            equal([signal.code, signal.status], [900, "unknown"]);
            const requests = { [Symbol.iterator]: () => ({ next: () => undefined }) };
            const stream = await failure(shapes.sum(requests));
            ok(stream instanceof module.IrisError, `${stream} is no IrisError`);
            equal([stream.code, stream.status], [900, "canceled"]);
            matches(stream.internalMessage, /stream of requests failed/);
        },
    },
    {
        name: "911: the answer cannot be read",
        async run({ module, host }) {
            const error = await failure(new module.Remotes(await host.stub("undecodable")).shapes.echo({}));
            equal([error.code, error.status], [module.ErrorCode.IrisInvalidResponseMessage, "internal"]);
            matches(error.internalMessage, /text/);
            const stream = new module.Remotes(await host.stub("undecodable-stream")).shapes.count({});
            equal((await stream.next()).value, { number: 1n });
            equal((await failure(stream.next())).code, 911);
            equal(await stream.next(), { done: true, value: undefined });
        },
    },
    {
        name: "912: the message was not sent",
        async run({ url, module, host }) {
            const emptying = await host.stub("emptying", url);
            const { error } = await drained(new module.Remotes(emptying).shapes.count({}));
            equal(error.code, module.ErrorCode.IrisMessageMissing);
        },
    },
    {
        name: "913: a message is over a limit",
        async run({ url, module, host }) {
            const { IrisMessageTooLarge } = module.ErrorCode;
            const small = new module.Remotes(url, { maxMessageSize: 1000 });
            equal((await small.shapes.blob({ number: 900 })).data.length, 900);
            const answer = await failure(small.shapes.blob({ number: 1000 }));
            equal([answer.code, answer.status], [IrisMessageTooLarge, "resource_exhausted"]);
            const { error } = await drained(small.failures.flood());
            equal(error.code, IrisMessageTooLarge);
            await host.dropped();
            // What a server says of an error is read all the same.
            const explained = await failure(small.failures.explain({ text: "x".repeat(2000) }));
            equal([explained.code, explained.internalMessage.length], [0, 2000]);
        },
    },
    {
        name: "920: a filter said no",
        async run({ url, module }) {
            const { guarded } = new module.Remotes(url, { headers: { "x-reject": "first" } });
            const error = await failure(guarded.order());
            equal([error.code, error.status], [module.ErrorCode.IrisRejectedByFilter, "permission_denied"]);
            matches(error.internalMessage, /first/);
        },
    },
    {
        name: "a code that the package does not know",
        async run({ module, host }) {
            const error = await failure(new module.Remotes(await host.stub("unknown-code")).shapes.ping());
            equal(facts(error), [4711, "data_loss", "newer"]);
            equal(error.requestId, "r-1");
        },
    },
    {
        name: "errors over a socket are the same",
        needsSocket: true,
        async run({ url, module }) {
            const remotes = new module.Remotes(url, { streams: "websocket", headers: { "x-reject": "first" } });
            equal(facts(await failure(remotes.failures.fail({ text: "zero" }))).slice(0, 2), [0, "unauthenticated"]);
            equal((await failure(remotes.failures.panic())).code, 902);
            equal((await failure(remotes.guarded.order())).code, 920);
            // By HTTP/1.1 it is chance whether an answer is seen that came before the request was sent.
            const large = await failure(remotes.shapes.length({ data: new Uint8Array(5 << 20) }));
            equal([large.code, large.status], [913, "resource_exhausted"]);
            equal((await drained(remotes.failures.panicInStream())).error.code, 902);
            remotes.close();
            const nowhere = new module.Remotes(`${url}/nowhere`, { streams: "websocket" });
            equal((await failure(nowhere.shapes.ping())).code, 900);
        },
    },
    {
        name: "what cannot be read is the same over a socket",
        needsSocket: true,
        async run({ url, module, host }) {
            const over = (url) => new module.Remotes(url, { streams: "websocket" });
            const spoiled = over(await host.socketSpoiler("socket-spoiling", url));
            const request = await failure(spoiled.shapes.echo({ text: "hello" }));
            equal([request.code, request.status], [910, "invalid_argument"]);
            const untold = await failure(spoiled.shapes.echo({ text: 5 }));
            equal([untold.code, untold.status], [910, "invalid_argument"]);
            spoiled.close();

            const answered = over(await host.socketStub("socket-undecodable"));
            const answer = await failure(answered.shapes.echo({ text: "hello" }));
            equal([answer.code, answer.status], [911, "internal"]);
            matches(answer.internalMessage, /text/);
            answered.close();
            const streamed = over(await host.socketStub("socket-undecodable-in-a-stream"));
            const { messages, error } = await drained(streamed.shapes.count({ to: 5 }));
            equal([messages.length, error.code, error.status], [1, 911, "internal"]);
            streamed.close();

            const emptied = over(await host.socketSpoiler("socket-emptying", url));
            const { error: missing } = await drained(emptied.shapes.count({ to: 5 }));
            equal(missing.code, module.ErrorCode.IrisMessageMissing);
            emptied.close();
        },
    },
    {
        name: "those who listen are told of every failure, until they do not",
        async run({ url, module }) {
            const remotes = new module.Remotes(url);
            const heard = [];
            const stop = remotes.onError(({ path, error }) => heard.push(`${path} ${error.code}`));
            const stopBroken = remotes.onError(() => {
                throw new Error("of the listener's own");
            });
            const { error: log } = console;
            const logged = [];
            console.error = (...what) => logged.push(what);
            await failure(remotes.failures.fail({ text: "zero" }));
            console.error = log;
            equal(logged.length, 1);
            stopBroken();
            await drained(remotes.shapes.count({ from: 2, to: 1 }));
            await failure(remotes.shapes.echo({ text: 1 }));
            await remotes.shapes.ping();
            // Neither is a failure of the call's.
            await failure(remotes.failures.hang({ signal: AbortSignal.abort() }));
            for await (const _ of remotes.shapes.count({ to: 5, failAt: -1 })) break;
            const expected = ["/testing.v1.Failures/Fail 0", "/testing.v1.Shapes/Count 1", "/testing.v1.Shapes/Echo 910"];
            equal(heard, expected);
            stop();
            await failure(remotes.failures.panic());
            equal(heard, expected);
        },
    },
    {
        name: "errors are made for tests",
        run({ module: { IrisError } }) {
            equal(facts(new IrisError(7, "why")), [7, "failed_precondition", "why"]);
            equal(new IrisError(920, "").status, "permission_denied");
            const error = new IrisError(1, "why", { status: "aborted", requestId: "r", cause: 5 });
            equal([error.status, error.requestId, error.cause], ["aborted", "r", 5]);
        },
    },
];
