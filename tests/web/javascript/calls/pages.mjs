// What only a page meets: other origins, cookies, and a device that is offline.

import { drained, equal, failure, matches } from "./check.mjs";

export const pages = [
    {
        name: "a server that does not allow the page",
        async run({ module, host }) {
            const closed = await host.stub("another-origin");
            const error = await failure(new module.Remotes(closed).shapes.swallow({}));
            equal([error.code, error.status], [900, "unavailable"]);
            matches(error.internalMessage, /allow_origins/);
            const { error: streamed } = await drained(new module.Remotes(closed).shapes.count({}));
            equal([streamed.code, streamed.status], [900, "unavailable"]);
        },
    },
    {
        name: "a socket that does not allow the page",
        needsSocket: true,
        async run({ module, host }) {
            const remotes = new module.Remotes(await host.serverFor("http://localhost:1"), { streams: "websocket" });
            const error = await failure(remotes.shapes.swallow({}));
            equal([error.code, error.status], [900, "unavailable"]);
            matches(error.internalMessage, /allow_origins/);
            remotes.close();
        },
    },
    {
        name: "cookies go to another origin where the page is named and says so",
        async run({ url, module }) {
            const cookie = async (credentials, options = {}) => {
                const { callFacts } = new module.Remotes(url, { credentials, ...options });
                return (await callFacts.facts()).cookie;
            };
            await new module.Remotes(url, { credentials: "include" }).callFacts.decorate({ text: "vanilla" });
            equal(await cookie("include"), "vanilla");
            equal(await cookie("omit"), "");
            equal(await cookie(undefined), "");
            const remotes = new module.Remotes(url, { streams: "websocket" });
            equal((await remotes.callFacts.facts()).cookie, "vanilla", "those of the handshake");
            remotes.close();
        },
        needsSocket: true,
    },
    {
        name: "a sign-in lasts for later calls where the page is named",
        async run({ module, host }) {
            const named = await host.serverFor(location.origin);
            const { callFacts } = new module.Remotes(named, { credentials: "include" });
            await callFacts.decorate({ text: "ada" });
            equal((await callFacts.facts()).cookie, "ada");
            await callFacts.decorate({ text: "eve" });
            equal((await callFacts.facts()).cookie, "eve");
        },
    },
    {
        name: "a sign-in does not last with a wildcard, and with cookies nothing is called",
        async run({ module, host }) {
            const open = await host.serverFor("*");
            const { callFacts } = new module.Remotes(open);
            await callFacts.decorate({ text: "mallory" });
            equal((await callFacts.facts()).cookie, "");
            const remotes = new module.Remotes(open, { credentials: "include" });
            const error = await failure(remotes.callFacts.decorate({ text: "mallory" }));
            equal([error.code, error.status], [900, "unavailable"]);
            matches(error.internalMessage, /allow_origins/);
            const { error: streamed } = await drained(remotes.shapes.count({ to: 3 }));
            equal([streamed.code, streamed.status], [900, "unavailable"]);
            matches(streamed.internalMessage, /allow_origins/);
        },
    },
    {
        name: "a preflight is remembered, for each procedure",
        async run({ module, host }) {
            const relay = await host.relay();
            const remotes = new module.Remotes(relay, { credentials: "include" });
            for (const text of ["a", "b", "c"]) equal(await remotes.shapes.echo({ text }), { text });
            // Another client of the same page has it, too.
            await new module.Remotes(relay, { credentials: "include" }).shapes.echo({ text: "d" });
            await remotes.shapes.ping();
            await remotes.shapes.ping();
            const seen = (await host.seen(relay)).split("\n");
            const count = (line) => seen.filter((other) => other === line).length;
            equal(count("OPTIONS /testing.v1.Shapes/Echo, to be remembered for 7200 s"), 1);
            equal(count("POST /testing.v1.Shapes/Echo"), 4);
            equal(count("OPTIONS /testing.v1.Shapes/Ping, to be remembered for 7200 s"), 1);
            equal(count("POST /testing.v1.Shapes/Ping"), 2);
        },
    },
    {
        name: "the device is offline",
        async run({ url, module, host }) {
            const remotes = new module.Remotes(url);
            await host.offline(true);
            try {
                const error = await failure(remotes.shapes.swallow({}));
                equal([error.code, error.status], [900, "unavailable"]);
                matches(error.internalMessage, /offline/);
                const sum = await failure(remotes.shapes.sum([{ number: 1 }]));
                equal([sum.code, sum.status], [900, "unavailable"]);
                matches(sum.internalMessage, /offline/);
            } finally {
                await host.offline(false);
            }
            equal(await remotes.shapes.echo({ text: "on" }), { text: "on" });
            remotes.close();
        },
    },
    {
        name: "a URL that is relative to the page's",
        async run({ module, host }) {
            equal(await new module.Remotes(await host.relative()).shapes.echo({}), { text: "relative" });
        },
    },
];
