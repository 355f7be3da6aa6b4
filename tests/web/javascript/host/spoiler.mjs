// A proxy of WebSockets that spoils what a page sends.

import { once } from "node:events";
import { createServer, request as send } from "node:http";

const [BINARY, CLOSE] = [2, 8];
const DATA = 2;

/** What becomes of a frame of DATA; `undefined` where it is not sent on. */
const SPOILED = {
    "socket-spoiling": (frame) => Buffer.concat([frame.subarray(0, 5), Buffer.from([0x0a, 0x7f])]),
    "socket-emptying": () => undefined,
};

/** Opens a socket to `target` for each to itself, and sends all on but DATA. */
export async function spoiler(name, target) {
    const sockets = new Set();
    const keep = (socket) => {
        sockets.add(socket);
        socket.on("error", () => {});
        socket.on("close", () => sockets.delete(socket));
    };
    const server = createServer((_, response) => response.writeHead(404).end());
    server.on("upgrade", async (request, page) => {
        keep(page);
        const onward = send(new URL(request.url, target), { headers: request.headers });
        onward.end();
        const [response, socket] = await once(onward, "upgrade");
        keep(socket);
        page.write(`HTTP/1.1 101 Switching Protocols\r\n${lines(response.rawHeaders)}\r\n`);
        socket.pipe(page);
        const messages = new Messages();
        page.on("data", (chunk) => {
            for (const [opcode, payload] of messages.take(chunk)) {
                const isData = opcode === BINARY && payload[0] === DATA;
                const sent = isData ? SPOILED[name](payload) : payload;
                if (sent !== undefined) socket.write(message(opcode, sent));
                if (opcode === CLOSE) socket.end();
            }
        });
        page.on("close", () => socket.destroy());
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return {
        url: `http://127.0.0.1:${server.address().port}`,
        seen: () => "",
        close() {
            server.close();
            for (const socket of sockets) socket.destroy();
        },
    };
}

function lines(headers) {
    let text = "";
    for (let index = 0; index < headers.length; index += 2) text += `${headers[index]}: ${headers[index + 1]}\r\n`;
    return text;
}

/** The messages of a page, of less than 64 KiB each (RFC 6455, section 5.2). */
class Messages {
    #bytes = Buffer.alloc(0);

    /** Those that are whole with this chunk, each an opcode and what it says. */
    take(chunk) {
        this.#bytes = Buffer.concat([this.#bytes, chunk]);
        const taken = [];
        for (;;) {
            const [bytes, size] = [this.#bytes, (this.#bytes[1] & 127) === 126 ? 2 : 0];
            if (bytes.length < 6 + size) return taken;
            const length = size === 0 ? bytes[1] & 127 : bytes.readUInt16BE(2);
            const begin = 6 + size;
            if (bytes.length < begin + length) return taken;
            const mask = bytes.subarray(2 + size, begin);
            const payload = bytes.subarray(begin, begin + length).map((byte, index) => byte ^ mask[index % 4]);
            taken.push([bytes[0] & 15, payload]);
            this.#bytes = bytes.subarray(begin + length);
        }
    }
}

/** A message as a client writes it, under a mask that changes nothing. */
function message(opcode, payload) {
    const short = payload.length < 126;
    const head = Buffer.alloc(short ? 6 : 8);
    head.writeUInt8(0x80 | opcode, 0);
    head.writeUInt8(0x80 | (short ? payload.length : 126), 1);
    if (!short) head.writeUInt16BE(payload.length, 2);
    return Buffer.concat([head, payload]);
}
