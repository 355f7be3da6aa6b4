// The wire between pages and their server, which can be cut.

import { once } from "node:events";
import { connect, createServer } from "node:net";

export class Wire {
    #target;
    #server;
    #address = { host: "127.0.0.1", port: 0 };
    #sockets = new Set();

    /** A wire to the server at a URL, until the test ends. */
    static async to(test, url) {
        const wire = new Wire();
        const { hostname, port } = new URL(url);
        wire.#target = { host: hostname, port: Number(port) };
        await wire.mend();
        test.after(() => wire.cut());
        return wire;
    }

    get url() {
        return `http://${this.#address.host}:${this.#address.port}`;
    }

    /** Ends all connections, and takes no more. */
    cut() {
        this.#server.close();
        for (const socket of this.#sockets) socket.destroy();
    }

    /** Takes connections again, where it did before. */
    async mend() {
        this.#server = createServer((socket) => {
            const onward = connect(this.#target);
            for (const [one, other] of [
                [socket, onward],
                [onward, socket],
            ]) {
                this.#sockets.add(one);
                one.on("error", () => other.destroy());
                one.on("close", () => {
                    this.#sockets.delete(one);
                    other.destroy();
                });
                one.pipe(other);
            }
        }).listen(this.#address);
        await once(this.#server, "listening");
        this.#address.port = this.#server.address().port;
    }
}
