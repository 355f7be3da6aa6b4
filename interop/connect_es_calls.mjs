// Calls the quickstart server with connect-es, whose messages are built from the emitted descriptors.
//
//     node connect_es_calls.mjs TRANSPORT URL DESCRIPTORS
//
// TRANSPORT is one of those below; DESCRIPTORS is the path of the emitted descriptors.binpb.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { run } from "./calls.mjs";

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

const [name, baseUrl, descriptors] = process.argv.slice(2);

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
const transport = create({ baseUrl, ...options });

/** A procedure such as `Users/Ping`: its function, and the types of its messages. */
function procedure(path) {
    const [remote, method] = path.split("/");
    const service = registry.getService(`users.v1.${remote}`);
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
        const messages = start(fromJson(input, request), options);
        const events = (async function* () {
            for await (const message of messages) {
                yield toJson(output, message);
            }
        })();
        return { events, opened, cancel: () => abort.abort() };
    },
};

await run(client, deadline);
// Connections would be kept for a while.
process.exit();
