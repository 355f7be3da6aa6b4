// What is around a case: its server, a stranger, and what it has done outside.

import http from "node:http";
import { start } from "./server.mjs";
import { stranger } from "./stranger.mjs";

/** `network` turns a page's on or off. */
export async function outside(test, place, origin, network) {
    let server = await start([origin]);
    const strange = await stranger();
    const others = [];
    test.after(async () => {
        strange.close();
        await Promise.all([server, ...others].map((one) => one.kill()));
    });
    const commands = {
        // A roundtrip, in which whatever is ready has its turn.
        turn: async () => "",
        kill: () => server.kill(),
        async restart() {
            server = await start([origin], server.address);
        },
        heard: () => strange.heard(),
        forget: () => strange.forget(),
        "break off": () => strange.breakOff(),
        nobody: free,
        async "another server"() {
            others.push(await start([]));
            return others.at(-1).url;
        },
        offline: () => network(false),
        online: () => network(true),
    };
    return {
        world: { server: server.url, stranger: strange.url, place },
        async tell(command) {
            const does = commands[command] ?? (() => server.tell(command));
            return String((await does()) ?? "");
        },
    };
}

/** A URL at which nothing listens. */
async function free() {
    const server = http.createServer();
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address();
    await new Promise((resolve) => server.close(resolve));
    return `http://127.0.0.1:${port}`;
}
