// A server between a page and another server, which counts what comes.

import { once } from "node:events";
import { createServer, request as send } from "node:http";

/** Sends all on to `target`, preflights too, and all answers back. */
export async function relay(target) {
    const seen = [];
    const server = createServer((request, response) => {
        const onward = send(new URL(request.url, target), { method: request.method, headers: request.headers });
        onward.on("response", (back) => {
            const age = back.headers["access-control-max-age"];
            seen.push(`${request.method} ${request.url}${age ? `, to be remembered for ${age} s` : ""}`);
            response.writeHead(back.statusCode, back.rawHeaders);
            back.pipe(response);
        });
        onward.on("error", () => response.destroy());
        request.pipe(onward);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return {
        url: `http://127.0.0.1:${server.address().port}`,
        seen: () => seen.join("\n"),
        close() {
            server.close();
            server.closeAllConnections();
        },
    };
}
