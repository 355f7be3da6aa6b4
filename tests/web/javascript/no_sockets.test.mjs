// A package of remotes that need no WebSockets has none, and says so.

import { after, before, test } from "node:test";
import { drained, equal, failure, matches } from "./calls/check.mjs";
import { Host } from "./host/host.mjs";
import { module, server, setting } from "./settings.mjs";

const QUICKSTART = new URL("../../../examples/quickstart/typescript", import.meta.url).pathname;

let host;
let quickstart;
before(async () => {
    quickstart = await module(QUICKSTART);
    host = await Host.start(server(), "http://localhost");
});
after(() => host?.close());

test("calls fail where a WebSocket is asked for, and nothing is sent", { timeout: 60_000 }, async () => {
    const url = await host.stub("html");
    const remotes = new quickstart.Remotes(url, { streams: "websocket" });
    const refused = (error) => {
        equal([error instanceof quickstart.IrisError, error.code, error.status], [true, 900, "unimplemented"], `${error}`);
        matches(error.internalMessage, /TypeScriptPackage::web_socket\(true\)/);
    };
    refused(await failure(remotes.users.ping()));
    refused((await drained(remotes.users.watch({}))).error);
    equal(await host.seen(url), "");
    remotes.close();
});

test("calls go by fetch where nothing else is asked for", { timeout: 60_000 }, async () => {
    for (const streams of ["auto", "fetch"]) {
        const remotes = new quickstart.Remotes(setting("QUICKSTART_URL", "a quickstart server"), { streams });
        await remotes.sessions.signIn({ name: "ada", password: "lovelace" });
        remotes.close();
    }
});
