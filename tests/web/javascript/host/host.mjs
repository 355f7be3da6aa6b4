// What tests ask for that a page cannot do: servers of every kind.

import { createServer } from "node:net";
import { once } from "node:events";
import { relay } from "./relay.mjs";
import { Server } from "./server.mjs";
import { socketStub } from "./socket_stubs.mjs";
import { spoiler } from "./spoiler.mjs";
import { stub } from "./stubs.mjs";

export class Host {
    #program;
    #server;
    #stubs = new Map();
    #servers = [];

    /** A host with a running server, to pages of this origin too. */
    static async start(program, origin) {
        const host = new Host();
        host.#program = program;
        host.#server = await host.#run([origin]);
        return host;
    }

    get url() {
        return this.#server.url;
    }

    isNode() {
        return true;
    }

    /** The URL of an HTTP server that answers so; what it sends on goes to `target`. */
    async stub(name, target) {
        return this.#keep(await stub(name, target));
    }

    /** The URL of a server whose WebSockets do so. */
    async socketStub(name) {
        return this.#keep(await socketStub(name));
    }

    /** The URL of a server that sends all of a WebSocket on to `target` but what it spoils. */
    async socketSpoiler(name, target) {
        return this.#keep(await spoiler(name, target));
    }

    /** The URL of a server that sends all on to the running one. */
    async relay() {
        return this.#keep(await relay(this.url));
    }

    /** What a stub or a relay was asked, a line each. */
    seen(url) {
        return this.#stubs.get(url).seen();
    }

    /** Waits until a socket of a stub hears a `request` to its end, a `ping` or a `close`. */
    heard(url, what) {
        return this.#stubs.get(url).heard(what);
    }

    /** How many bytes a stub got rid of. */
    sent(url) {
        return this.#stubs.get(url).sent();
    }

    /** A URL at which nothing listens. */
    async closed() {
        const server = createServer().listen(0, "127.0.0.1");
        await once(server, "listening");
        const { port } = server.address();
        server.close();
        await once(server, "close");
        return `http://127.0.0.1:${port}`;
    }

    /** The URL of another server, to pages of this origin. */
    async serverFor(origin) {
        return (await this.#run([origin])).url;
    }

    /** Waits until a procedure of the server has begun to wait. */
    begun() {
        return this.#server.told("started");
    }

    /** Waits until one that waited, or sent a stream, was dropped. */
    dropped() {
        return this.#server.told("dropped");
    }

    stop() {
        return this.#server.stop();
    }

    start() {
        return this.#server.start();
    }

    /** Ends what a test has left. */
    tidy() {
        for (const stub of this.#stubs.values()) stub.close();
        this.#stubs.clear();
    }

    async close() {
        this.tidy();
        await Promise.all(this.#servers.map((server) => server.stop()));
    }

    async #run(origins) {
        const server = new Server(this.#program, origins);
        await server.start();
        this.#servers.push(server);
        return server;
    }

    #keep(stub) {
        this.#stubs.set(stub.url, stub);
        return stub.url;
    }
}
