// What a client does as time passes, without waiting for it.

import { mock, test } from "node:test";
import { equal, failure, matches } from "./calls/check.mjs";
import { Host } from "./host/host.mjs";
import { module, packageFolder, server } from "./settings.mjs";

// Before the package looks at them.
mock.timers.enable({ apis: ["setTimeout"] });
const { Remotes } = await module(packageFolder());

/** Runs with a socket that does so. */
async function withSocket(name, run) {
    const host = await Host.start(server(), "http://localhost");
    try {
        const url = await host.socketStub(name);
        await run(new Remotes(url, { streams: "websocket" }), (what) => host.heard(url, what));
    } finally {
        await host.close();
    }
}

test("a server that is silent is asked whether it is there, and given up", { timeout: 60_000 }, async () => {
    await withSocket("socket-mute", async (remotes, heard) => {
        const call = failure(remotes.shapes.swallow({}));
        await heard("request");
        mock.timers.tick(30_000);
        await heard("ping");
        mock.timers.tick(20_000);
        const error = await call;
        equal([error.code, error.status], [900, "unavailable"]);
        matches(error.internalMessage, /ping/);
    });
});

test("a socket without calls is closed, and the next call opens another", { timeout: 60_000 }, async () => {
    await withSocket("socket-answering", async (remotes, heard) => {
        await remotes.shapes.echo({});
        mock.timers.tick(29_999);
        await remotes.shapes.echo({});
        mock.timers.tick(30_000);
        await heard("close");
        await remotes.shapes.echo({});
        remotes.close();
        await heard("close");
    });
});

test("a socket that does not open is given up", { timeout: 60_000 }, async () => {
    await withSocket("socket-silent", async (remotes, heard) => {
        const call = failure(remotes.shapes.swallow({}));
        await heard("handshake");
        mock.timers.tick(10_000);
        const error = await call;
        equal([error.code, error.status], [900, "unavailable"]);
        matches(error.internalMessage, /WebSocket/);
    });
});
