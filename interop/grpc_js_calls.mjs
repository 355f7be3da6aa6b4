// Calls the quickstart server with grpc-js, whose messages proto-loader builds from the emitted `.proto` files.
//
//     node grpc_js_calls.mjs HOST:PORT PROTO
//
// PROTO is the folder of the emitted `.proto` files.

import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { run } from "./calls.mjs";

// By require, which finds packages in NODE_PATH: they are installed below the target folder.
const require = createRequire(import.meta.url);
const grpc = require("@grpc/grpc-js");
const { loadSync } = require("@grpc/proto-loader");

const [address, protos] = process.argv.slice(2);

const FILES = ["users/v1/sessions_service.proto", "users/v1/users_service.proto", "iris/v1/error.proto", "status.proto"];
const here = fileURLToPath(new URL(".", import.meta.url));
const types = loadSync(FILES, { includeDirs: [protos, here], longs: String });
const { users } = grpc.loadPackageDefinition(types);
const credentials = grpc.credentials.createInsecure();
const clients = {
    Sessions: new users.v1.Sessions(address, credentials),
    Users: new users.v1.Users(address, credentials),
};

/** The status of a failed call and the code in its `iris.v1.ErrorDetail`. */
function failure(error) {
    const status = grpc.status[error.code].toLowerCase().replace("cancelled", "canceled");
    const [bytes] = error.metadata.get("grpc-status-details-bin");
    if (bytes === undefined) {
        return `${status}: ${error.details}`;
    }
    const { code, message, details } = types["google.rpc.Status"].deserialize(bytes);
    const detail = details?.[0];
    if (code !== error.code || message !== error.details || detail?.typeUrl !== "type.googleapis.com/iris.v1.ErrorDetail") {
        return `${status} with other details: ${JSON.stringify({ code, message, details })}`;
    }
    const { code: number, internalMessage } = types["iris.v1.ErrorDetail"].deserialize(detail.value);
    return `${status}, code ${number ?? "absent"}: ${internalMessage}`;
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
};

await run(client, { "grpc-timeout": "50m" });
// Connections would be kept for a while.
process.exit();
