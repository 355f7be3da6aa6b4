// Calls a server with connect-es, whose messages are built from the emitted descriptors.
//
//     node connect_es_calls.mjs users|shapes TRANSPORT URL DESCRIPTORS [CERTIFICATE]
//
// `users` are the calls of the quickstart server, `shapes` those of the one with every kind of procedure. TRANSPORT is one of
// those below; DESCRIPTORS is the path of the emitted descriptors.binpb, CERTIFICATE that of the one to trust.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { PassThrough } from "node:stream";
import { run } from "./calls.mjs";
import { shapes } from "./shapes.mjs";

// By require, which finds packages in NODE_PATH: they are installed below the target folder.
const require = createRequire(import.meta.url);
const { createFileRegistry, fromBinary, fromJson, toJson } = require("@bufbuild/protobuf");
const { FileDescriptorSetSchema } = require("@bufbuild/protobuf/wkt");
const { Code, ConnectError, createClient } = require("@connectrpc/connect");
const {
    createConnectTransport,
    createGrpcTransport,
    createGrpcWebTransport,
} = require("@connectrpc/connect-node");

const [calls, name, baseUrl, descriptors, certificate] = process.argv.slice(2);

// What tells the server of a deadline of 50 ms.
const CONNECT = { "connect-timeout-ms": "50" };
const GRPC = { "grpc-timeout": "50m" };

const TRANSPORTS = {
    "connect-http1": [createConnectTransport, { httpVersion: "1.1" }, CONNECT],
    // `Ping` then goes by GET.
    "connect-http1-json": [createConnectTransport, { httpVersion: "1.1", useBinaryFormat: false, useHttpGet: true }, CONNECT],
    "connect-http2": [createConnectTransport, { httpVersion: "2" }, CONNECT],
    grpc: [createGrpcTransport, {}, GRPC],
    "grpc-web-http1": [createGrpcWebTransport, { httpVersion: "1.1" }, GRPC],
    "grpc-web-http2": [createGrpcWebTransport, { httpVersion: "2" }, GRPC],
};

const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, readFileSync(descriptors)));
const [create, options, deadline] = TRANSPORTS[name];
const nodeOptions = certificate === undefined ? {} : { ca: readFileSync(certificate) };
const transport = create({ baseUrl, nodeOptions, ...options });
const scope = calls === "users" ? "users.v1" : "testing.v1";

/** A procedure such as `Users/Ping`: its function, and the types of its messages. */
function procedure(path) {
    const [remote, method] = path.split("/");
    const service = registry.getService(`${scope}.${remote}`);
    const { input, output, localName } = service.methods.find(({ name }) => name === method);
    return { input, output, start: createClient(service, transport)[localName] };
}

/** The status of a failed call and the code in its `iris.v1.ErrorDetail`. */
function failure(thrown) {
    const error = ConnectError.from(thrown);
    const status = Code[error.code].replaceAll(/(?<=.)[A-Z]/g, "_$&").toLowerCase();
    const details = error.findDetails(registry.getMessage("iris.v1.ErrorDetail"));
    if (details.length !== 1) {
        return `${status}: ${error.rawMessage}`;
    }
    return `${status}, code ${details[0].code ?? "absent"}: ${details[0].internalMessage}`;
}

const client = {
    failure,

    async call(path, request, { metadata, ms }) {
        const { input, output, start } = procedure(path);
        let cookie;
        const onHeader = (headers) => (cookie = headers.get("set-cookie")?.split(";")[0]);
        try {
            const answer = await start(fromJson(input, request), { headers: metadata, timeoutMs: ms, onHeader });
            return { answer: JSON.stringify(toJson(output, answer)), cookie };
        } catch (error) {
            return { answer: failure(error) };
        }
    },

    watch(path, request, { metadata, ms }) {
        const { input, output, start } = procedure(path);
        const abort = new AbortController();
        let onHeader;
        const opened = new Promise((resolve) => (onHeader = resolve));
        const options = { headers: metadata, timeoutMs: ms, signal: abort.signal, onHeader };
        const events = received(output, start(fromJson(input, request), options));
        return { events, opened, cancel: () => abort.abort() };
    },

    async upload(path, requests, { metadata, ms }) {
        const { input, output, start } = procedure(path);
        const sent = new PassThrough({ objectMode: true });
        requests.forEach((request) => sent.write(fromJson(input, request)));
        sent.end();
        try {
            return JSON.stringify(toJson(output, await start(sent, { headers: metadata, timeoutMs: ms })));
        } catch (error) {
            return failure(error);
        }
    },

    converse(path, { metadata, ms }) {
        const { input, output, start } = procedure(path);
        const abort = new AbortController();
        const sent = new PassThrough({ objectMode: true });
        const options = { headers: metadata, timeoutMs: ms, signal: abort.signal };
        return {
            events: received(output, start(sent, options)),
            send: (request) => sent.write(fromJson(input, request)),
            close: () => sent.end(),
            cancel: () => abort.abort(),
        };
    },
};

async function* received(output, messages) {
    for await (const message of messages) {
        yield toJson(output, message);
    }
}

await (calls === "users" ? run(client, deadline) : shapes(client));
// Connections would be kept for a while.
process.exit();
