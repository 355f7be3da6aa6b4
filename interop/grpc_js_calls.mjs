// Calls a server with grpc-js, whose messages proto-loader builds from the emitted `.proto` files.
//
//     node grpc_js_calls.mjs users|shapes HOST:PORT PROTO [CERTIFICATE]
//
// `users` are the calls of the quickstart server, `shapes` those of the one with every kind of procedure. PROTO is the folder of
// the emitted `.proto` files, CERTIFICATE the path of the one to trust.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { run } from "./calls.mjs";
import { explained } from "./explained.mjs";
import { shapes } from "./shapes.mjs";

// By require, which finds packages in NODE_PATH: they are installed below the target folder.
const require = createRequire(import.meta.url);
const grpc = require("@grpc/grpc-js");
const { loadSync } = require("@grpc/proto-loader");

const [calls, address, protos, certificate] = process.argv.slice(2);

const SERVICES = {
    users: ["users/v1/sessions_service.proto", "users/v1/users_service.proto"],
    shapes: ["testing/v1/shapes_service.proto", "testing/v1/failures_service.proto"],
};
const FILES = [...SERVICES[calls], "iris/v1/error.proto", "status.proto"];
const here = fileURLToPath(new URL(".", import.meta.url));
const types = loadSync(FILES, { includeDirs: [protos, here], longs: String });
const packages = grpc.loadPackageDefinition(types);
const remotes = calls === "users" ? packages.users.v1 : packages.testing.v1;
const credentials =
    certificate === undefined
        ? grpc.credentials.createInsecure()
        : grpc.credentials.createSsl(readFileSync(certificate));
const names = calls === "users" ? ["Sessions", "Users"] : ["Shapes", "Failures"];
const clients = Object.fromEntries(names.map((name) => [name, new remotes[name](address, credentials)]));

/** The status of a failed call and the code in its `iris.v1.ErrorDetail`. */
function failure(error) {
    const status = grpc.status[error.code].toLowerCase().replace("cancelled", "canceled");
    const [bytes] = error.metadata.get("grpc-status-details-bin");
    return explained(types, status, { code: error.code, message: error.details, bytes });
}

/** Metadata and options of a call. */
function told({ metadata, ms }) {
    const entries = new grpc.Metadata();
    for (const [name, value] of Object.entries(metadata)) {
        entries.set(name, value);
    }
    return [entries, ms === undefined ? {} : { deadline: Date.now() + ms }];
}

const client = {
    failure,

    call(path, request, options) {
        const [remote, method] = path.split("/");
        return new Promise((resolve) => {
            let cookie;
            const done = (error, message) =>
                resolve({ answer: error ? failure(error) : JSON.stringify(message), cookie });
            const call = clients[remote][method](request, ...told(options), done);
            call.on("metadata", (headers) => (cookie = headers.get("set-cookie")[0]?.split(";")[0]));
        });
    },

    watch(path, request, options) {
        const [remote, method] = path.split("/");
        const call = clients[remote][method](request, ...told(options));
        const opened = new Promise((resolve) => call.once("metadata", resolve));
        return { events: call[Symbol.asyncIterator](), opened, cancel: () => call.cancel() };
    },

    upload(path, requests, options) {
        const [remote, method] = path.split("/");
        return new Promise((resolve) => {
            const done = (error, message) => resolve(error ? failure(error) : JSON.stringify(message));
            const call = clients[remote][method](...told(options), done);
            requests.forEach((request) => call.write(request));
            call.end();
        });
    },

    converse(path, options) {
        const [remote, method] = path.split("/");
        const call = clients[remote][method](...told(options));
        return {
            events: call[Symbol.asyncIterator](),
            send: (request) => call.write(request),
            close: () => call.end(),
            cancel: () => call.cancel(),
        };
    },
};

await (calls === "users" ? run(client, { "grpc-timeout": "50m" }) : shapes(client));
// Connections would be kept for a while.
process.exit();
