// What is measured and for how long: from the arguments, and from the environment that `cargo xtask bench web` sets.

import { createRequire } from "node:module";
import { parseArgs } from "node:util";

/** By require, which finds packages in NODE_PATH: they are installed below the target folder. */
export const require = createRequire(import.meta.url);

function setting(name, about) {
    const value = process.env[name];
    if (!value) throw new Error(`${name} is missing: ${about}`);
    return value;
}

export const paths = {
    chromium: setting("CHROMIUM", "the program of a Chromium"),
    packages: setting("NODE_PATH", "the folder of the npm packages"),
    server: setting("WEB_BENCH_SERVER", "the program web-bench-server"),
    typescript: setting("WEB_BENCH_TYPESCRIPT", "the folder of the package without WebAssembly"),
    wasm: setting("WEB_BENCH_WASM", "the folder of the package with WebAssembly"),
    connect: setting("WEB_BENCH_CONNECT", "the folder of what protoc-gen-es made"),
    bundles: setting("WEB_BENCH_BUNDLES", "the folder for bundles"),
};

/** What each is given in a round, a row each. */
export const ROWS = [
    { name: "unary calls, one at a time", counted: "calls", work: "echo", atOnce: 1 },
    { name: "unary calls, 8 at a time", counted: "calls", work: "echo", atOnce: 8 },
    { name: "messages of a server's stream", counted: "messages", work: "download", atOnce: 1 },
    { name: "decoding 10,000 records", counted: "records", work: "records", atOnce: 1, inMemory: true },
];

/** What is done both ways. `instead` is what is done by `fetch`, which cannot do the work itself. */
export const WAY_ROWS = [
    { name: "unary calls by fetch and over a WebSocket, one at a time", counted: "calls", work: "echo", atOnce: 1 },
    { name: "unary calls by fetch and over a WebSocket, 8 at a time", counted: "calls", work: "echo", atOnce: 8 },
    {
        name: "messages there and back, by fetch a call each and over a WebSocket in one stream",
        counted: "messages",
        work: "chat",
        instead: "echo",
        atOnce: 1,
    },
];

const { values } = parseArgs({
    options: {
        report: { type: "string" },
        rounds: { type: "string", default: "12" },
        rows: { type: "string", default: "" },
        seconds: { type: "string", default: "0.5" },
    },
});

const positive = (name) => {
    const number = Number(values[name]);
    if (!(number > 0)) throw new Error(`--${name} ${values[name]}: that is no number above 0`);
    return number;
};

const isAskedFor = ({ name }) => values.rows.split(",").some((pattern) => name.includes(pattern));

export const settings = {
    /** The file of the report; printed where there is none. */
    report: values.report,
    rounds: positive("rounds"),
    seconds: positive("seconds"),
    rows: ROWS.filter(isAskedFor),
    ways: WAY_ROWS.filter(isAskedFor),
};
if (settings.rows.length + settings.ways.length === 0) {
    const names = [...ROWS, ...WAY_ROWS].map(({ name }) => name);
    throw new Error(`no row has that in its name; there are: ${names.join("; ")}`);
}
