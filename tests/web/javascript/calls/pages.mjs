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
        name: "cookies do not go with a wildcard",
        async run({ module, host }) {
            const open = await host.serverFor("*");
            equal(await new module.Remotes(open).shapes.echo({ text: "a" }), { text: "a" });
            const error = await failure(new module.Remotes(open, { credentials: "include" }).shapes.swallow({}));
            equal([error.code, error.status], [900, "unavailable"]);
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
