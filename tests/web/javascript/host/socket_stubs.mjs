// Servers of WebSockets that break the protocol, or do what is seldom seen.

import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";

const [HEAD, DATA, END, RESET, WINDOW, PING, , GO_AWAY] = [1, 2, 3, 4, 5, 6, 7, 8];

const STREAM = "200\ncontent-type: application/connect+proto";

/** The message `Text` of `testing.v1`, and `Number` in its envelope. */
const text = (text) => Buffer.concat([Buffer.from([0x0a, text.length]), Buffer.from(text)]);
const number = (number) => Buffer.from([0, 0, 0, 0, 2, 0x08, number]);

/** The answer to a unary call. */
function answer(socket, stream, said) {
    socket.frame(HEAD, stream, "200\ncontent-type: application/proto");
    socket.frame(DATA, stream, text(said));
    socket.frame(END, stream);
}

/** An answer without a field, which is right for every message. */
function answerEmpty(socket, stream) {
    socket.frame(HEAD, stream, "200\ncontent-type: application/proto");
    socket.frame(END, stream);
}

/** Lets a call send 16 MiB, and asks whether it is there, without reading anything for a while. */
function lure(socket, stream) {
    socket.pauseFor(500);
    socket.frame(WINDOW, stream, Buffer.from([1, 0, 0, 0]));
    for (let count = 0; count < 2000; count += 1) socket.frame(PING, 0, Buffer.alloc(8));
}

/** What each does with the end of a request: `socket`, the stream, which socket of the server's it is, and its HEAD. */
const STUBS = {
    "socket-mute": () => {},
    "socket-with-text": (socket) => socket.message(1, "hello"),
    "socket-with-a-short-frame": (socket) => socket.message(2, Buffer.from([2, 0, 0])),
    "socket-with-a-long-frame": (socket, stream) => socket.frame(DATA, stream, Buffer.alloc(65_537)),
    "socket-with-a-head-that-is-none": (socket, stream) => socket.frame(HEAD, stream, "hello: there"),
    "socket-with-a-window-of-3-bytes": (socket, stream) => socket.frame(WINDOW, stream, Buffer.alloc(3)),
    "socket-beyond-its-window": (socket, stream) => {
        if (stream > 1) {
            answer(socket, stream, "behind");
            return;
        }
        socket.frame(HEAD, stream, STREAM);
        socket.frame(DATA, stream, number(1));
        for (let count = 0; count < 5; count += 1) socket.frame(DATA, stream, Buffer.alloc(65_536));
    },
    "socket-resetting": (socket, stream) => socket.frame(RESET, stream, Buffer.from([4])),
    "socket-cancelling": (socket, stream) => socket.frame(RESET, stream, Buffer.from([0])),
    "socket-ending-at-once": (socket, stream) => socket.frame(END, stream),
    "socket-closing": (socket) => socket.close(1001, "on my way"),
    "socket-closing-on-us": (socket) => socket.close(1002, "what was that"),
    "socket-vanishing": (socket) => socket.destroy(),
    "socket-vanishing-in-a-frame": (socket, stream) => {
        socket.frame(HEAD, stream, "200\ncontent-type: application/proto");
        socket.breakOff(DATA, stream, text("a"));
    },
    "socket-ending-in-an-envelope": (socket, stream) => {
        socket.frame(HEAD, stream, STREAM);
        socket.frame(DATA, stream, Buffer.concat([number(1), number(2).subarray(0, 6)]));
        socket.frame(END, stream);
    },
    "socket-ending-without-a-word": (socket, stream) => {
        socket.frame(HEAD, stream, STREAM);
        socket.frame(DATA, stream, number(1));
        socket.frame(END, stream);
    },
    "socket-vanishing-in-a-stream": (socket, stream) => {
        socket.frame(HEAD, stream, STREAM);
        socket.frame(DATA, stream, number(1));
        socket.breakOff(DATA, stream, number(2));
    },
    "socket-telling-who-calls": (socket, stream, _, head) =>
        answer(socket, stream, `${socket.authorization}, ${head.match(/^authorization: (.*)$/m)?.[1]}`),
    "socket-of-the-future": (socket, stream) => {
        socket.frame(0x77, stream, "what will be");
        socket.frame(DATA, stream + 100, "nobody's");
        socket.frame(WINDOW, stream + 100, Buffer.from([0, 0, 0, 1]));
        socket.frame(PING, 0, "12345678");
        answer(socket, stream, "future");
        socket.frame(DATA, stream, "too late");
        socket.frame(RESET, stream, Buffer.from([4]));
    },
    "socket-going-away-once": (socket, stream, opened) => {
        if (opened > 1) {
            answerEmpty(socket, stream);
            return;
        }
        socket.frame(GO_AWAY, 0, Buffer.from([0, 0, 0, 0]));
        socket.close(1001, "");
    },
    "socket-refusing-once": (socket, stream) =>
        stream > 1 ? answerEmpty(socket, stream) : socket.frame(RESET, stream, Buffer.from([1])),
    "socket-luring": (socket, stream) => {
        socket.frame(HEAD, stream, STREAM);
        socket.frame(DATA, stream, Buffer.concat([Buffer.from([2, 0, 0, 0, 2]), Buffer.from("{}")]));
        socket.frame(END, stream);
    },
    "socket-undecodable": (socket, stream) => {
        socket.frame(HEAD, stream, "200\ncontent-type: application/proto");
        socket.frame(DATA, stream, Buffer.from([0x0a, 0x02, 0xff, 0xff]));
        socket.frame(END, stream);
    },
    "socket-undecodable-in-a-stream": (socket, stream) => {
        socket.frame(HEAD, stream, STREAM);
        socket.frame(DATA, stream, Buffer.concat([number(1), Buffer.from([0, 0, 0, 0, 2, 0x08, 0xff])]));
        socket.frame(END, stream);
    },
    "socket-answering": (socket, stream) => answer(socket, stream, "socket"),
    "socket-flooding": (socket, stream) => {
        const blob = Buffer.concat([Buffer.from([0, 0, 1, 0x86, 0xa4, 0x0a, 0xa0, 0x8d, 0x06]), Buffer.alloc(100_000)]);
        socket.frame(HEAD, stream, STREAM);
        let window = 262_144;
        let rest = blob;
        const flood = () => {
            while (window > 0) {
                const part = rest.subarray(0, Math.min(window, 65_536));
                socket.frame(DATA, stream, part);
                window -= part.length;
                socket.flooded += part.length;
                rest = part.length === rest.length ? blob : rest.subarray(part.length);
            }
        };
        socket.onWindow = (more) => {
            window += more;
            flood();
        };
        flood();
    },
};

/** A server whose sockets do so. It notes which were opened, and how much a flood sent. */
export async function socketStub(name) {
    const seen = [];
    const heard = new Heard();
    const sockets = new Set();
    let last;
    const server = createServer((_, response) => response.writeHead(404).end());
    server.on("upgrade", (request, connection) => {
        sockets.add(connection);
        connection.on("error", () => {});
        connection.on("close", () => sockets.delete(connection));
        heard.note("handshake");
        if (name === "socket-silent") return;
        if (name === "socket-refused") {
            connection.end("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n");
            return;
        }
        seen.push("opened");
        const key = `${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
        const accept = createHash("sha1").update(key).digest("base64");
        const protocol = name === "socket-of-another-protocol" ? "chat" : "iris.v1";
        connection.write(
            "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n" +
                `sec-websocket-accept: ${accept}\r\nsec-websocket-protocol: ${protocol}\r\n\r\n`,
        );
        const opened = seen.length;
        last = new Socket(connection, heard, (socket, stream, head) => STUBS[name]?.(socket, stream, opened, head));
        last.authorization = request.headers.authorization;
        if (name === "socket-luring") last.onHead = lure;
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return {
        url: `http://127.0.0.1:${server.address().port}`,
        seen: () => seen.join("\n"),
        heard: (what) => heard.once(what),
        sent: () => last?.flooded ?? 0,
        close() {
            server.close();
            for (const connection of sockets) connection.destroy();
        },
    };
}

/** How often sockets were asked for, and were told something. */
class Heard {
    #counts = { handshake: 0, request: 0, ping: 0, close: 0 };
    #wake = () => {};

    note(what) {
        this.#counts[what] += 1;
        this.#wake();
    }

    /** Waits until something was told once more. */
    async once(what) {
        while (this.#counts[what] === 0) await new Promise((wake) => (this.#wake = wake));
        this.#counts[what] -= 1;
    }
}

/** The server's end of a socket (RFC 6455, section 5.2). */
class Socket {
    flooded = 0;
    onHead = () => {};
    onWindow = () => {};
    #connection;
    #bytes = Buffer.alloc(0);
    #heard;
    #requested;
    #heads = new Map();

    constructor(connection, heard, requested) {
        this.#connection = connection;
        this.#heard = heard;
        this.#requested = requested;
        connection.on("data", (chunk) => {
            this.#bytes = Buffer.concat([this.#bytes, chunk]);
            while (this.#take());
        });
    }

    frame(type, stream, payload = "") {
        const head = Buffer.alloc(5);
        head.writeUInt8(type, 0);
        head.writeUInt32BE(stream, 1);
        this.message(2, Buffer.concat([head, Buffer.from(payload)]));
    }

    /** Sends a frame but for its last byte, and then nothing more. */
    breakOff(type, stream, payload) {
        const frame = Buffer.concat([Buffer.from([type, 0, 0, 0, stream]), payload]);
        const message = Buffer.concat([Buffer.from([0x82, frame.length]), frame]);
        this.#connection.write(message.subarray(0, -1), () => this.destroy());
    }

    message(opcode, payload) {
        const bytes = Buffer.from(payload);
        const head = Buffer.alloc(10);
        head.writeUInt8(0x80 | opcode, 0);
        head.writeUInt8(127, 1);
        head.writeBigUInt64BE(BigInt(bytes.length), 2);
        this.#connection.write(bytes.length < 126 ? Buffer.from([0x80 | opcode, bytes.length]) : minimal(head, bytes.length));
        this.#connection.write(bytes);
    }

    close(code, reason) {
        const payload = Buffer.alloc(2 + reason.length);
        payload.writeUInt16BE(code, 0);
        payload.write(reason, 2);
        this.message(8, payload);
        this.#connection.end();
    }

    destroy() {
        this.#connection.destroy();
    }

    /** Reads nothing for so many milliseconds. */
    pauseFor(time) {
        this.#connection.pause();
        setTimeout(() => this.#connection.resume(), time);
    }

    /** Takes one message of the client's, all of which are masked. */
    #take() {
        if (this.#bytes.length < 2) return false;
        const short = this.#bytes[1] & 127;
        const size = { 126: 2, 127: 8 }[short] ?? 0;
        if (this.#bytes.length < 6 + size) return false;
        const length = size === 2 ? this.#bytes.readUInt16BE(2) : size === 8 ? Number(this.#bytes.readBigUInt64BE(2)) : short;
        const begin = 6 + size;
        if (this.#bytes.length < begin + length) return false;
        const mask = this.#bytes.subarray(2 + size, begin);
        const payload = this.#bytes.subarray(begin, begin + length).map((byte, index) => byte ^ mask[index % 4]);
        const opcode = this.#bytes[0] & 15;
        this.#bytes = this.#bytes.subarray(begin + length);
        if (opcode === 8) {
            this.#heard.note("close");
            this.message(8, payload);
            this.#connection.end();
        } else if (opcode === 2) {
            const view = Buffer.from(payload);
            const [type, stream] = [view.readUInt8(0), view.readUInt32BE(1)];
            if (type === HEAD) {
                this.#heads.set(stream, view.subarray(5).toString());
                this.onHead(this, stream);
            }
            if (type === PING) this.#heard.note("ping");
            if (type === END) {
                this.#heard.note("request");
                this.#requested(this, stream, this.#heads.get(stream));
            }
            if (type === WINDOW) this.onWindow(view.readUInt32BE(5));
        }
        return true;
    }
}

/** Lengths are written in the fewest bytes. */
function minimal(head, length) {
    if (length > 65_535) return head;
    const short = head.subarray(0, 4);
    short.writeUInt8(126, 1);
    short.writeUInt16BE(length, 2);
    return short;
}
