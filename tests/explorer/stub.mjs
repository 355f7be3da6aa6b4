// A server that has the page of another one below a prefix, a contract of the test's choosing, and procedures that
// speak Connect's streaming protocol.

import http from "node:http";

export const PREFIX = "/below/a/prefix";

/**
 * Starts it until the test ends; gives its address with the prefix. `procedures` are functions by path. Each gets
 * `{ headers, messages, body, send, end, response }`: `send` writes a message, `end` the one that ends the stream.
 */
export async function stub(test, explorer, contract, procedures = {}) {
    const server = http.createServer(async (request, response) => {
        const path = request.url.slice(PREFIX.length);
        if (!request.url.startsWith(PREFIX)) return response.writeHead(404).end();
        if (path === "/-/openapi.json") {
            if (!contract) return response.writeHead(404).end();
            return response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(contract));
        }
        if (path.startsWith("/-/explorer")) {
            const original = await fetch(explorer + path);
            const names = ["content-type", "content-security-policy"];
            response.writeHead(
                original.status,
                Object.fromEntries(names.map((name) => [name, original.headers.get(name)])),
            );
            return response.end(Buffer.from(await original.arrayBuffer()));
        }
        const chunks = [];
        for await (const chunk of request) chunks.push(chunk);
        const body = Buffer.concat(chunks);
        const isStream = request.headers["content-type"] === "application/connect+json";
        if (isStream) response.writeHead(200, { "content-type": "application/connect+json", "x-head": "first" });
        await procedures[path]({
            headers: request.headers,
            body,
            messages: isStream ? envelopes(body) : [JSON.parse(body)],
            send: (message) => response.write(envelope(0, message)),
            end: (end = {}) => response.end(envelope(2, end)),
            response,
        });
    });
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    test.after(() => {
        server.closeAllConnections();
        server.close();
    });
    return `http://127.0.0.1:${server.address().port}${PREFIX}`;
}

export function envelope(flags, message) {
    const data = Buffer.from(JSON.stringify(message));
    const head = Buffer.alloc(5);
    head.writeUInt8(flags, 0);
    head.writeUInt32BE(data.length, 1);
    return Buffer.concat([head, data]);
}

function envelopes(body) {
    const messages = [];
    for (let at = 0; at < body.length;) {
        if (body.readUInt8(at) !== 0) throw new Error(`flags ${body.readUInt8(at)}`);
        const end = at + 5 + body.readUInt32BE(at + 1);
        messages.push(JSON.parse(body.subarray(at + 5, end)));
        at = end;
    }
    return messages;
}
