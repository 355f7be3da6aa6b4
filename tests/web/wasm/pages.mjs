// The server that the pages come from.

import { readFile } from "node:fs/promises";
import http from "node:http";
import { basename, extname, join } from "node:path";
import { after } from "node:test";

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm" };
const FOLDERS = [import.meta.dirname, process.env.WEB_WASM];

/** Gives its origin. */
export async function pages() {
    const server = http.createServer(async (request, response) => {
        const name = basename(new URL(request.url, "http://any").pathname);
        if (name === "empty.html") return response.writeHead(200, { "content-type": "text/html" }).end("<title>Iris</title>");
        if (name === "favicon.ico") return response.writeHead(204).end();
        for (const folder of FOLDERS) {
            const file = await readFile(join(folder, name)).catch(() => undefined);
            const type = TYPES[extname(name)];
            if (file && type) return response.writeHead(200, { "content-type": type }).end(file);
        }
        response.writeHead(404).end();
    });
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    after(() => {
        server.closeAllConnections();
        server.close();
    });
    return `http://127.0.0.1:${server.address().port}`;
}
