// What the figures were measured on, and how.

import { readFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, release, type } from "node:os";
import { join } from "node:path";
import { paths, settings } from "./settings.mjs";

const PACKAGES = ["@connectrpc/connect", "@connectrpc/connect-web", "@bufbuild/protobuf", "esbuild"];

const READING = `\
A page has one remote, of which it uses a unary call and a stream of messages; the other procedure and all messages of the
\`.proto\` file come along with each client. connect-es speaks the binary format, as Iris's package does, and knows nothing of Iris's
error codes. Each page is bundled by \`esbuild --bundle --minify\` as one module and compressed at the highest level of gzip (9) and
of Brotli (11).

Each client has a page of its own in the same Chromium, in a process and with connections of its own, and all call the same
Iris server over loopback, from another origin, by HTTP/1.1: of 8 calls at a time a browser sends 6. They take turns within a
round, and another begins each round. Every answer is looked at; before anything is measured, the clients are held against
each other on 100 records.

- With WebAssembly is the package of \`TypeScriptPackage::web_assembly\`, whose program is a part of the module. It reads messages
  with lists of messages in them by it: of the rows here that is the last alone, in which it is to be twice as fast as connect-es.
- A call sends 64 bytes of text, which come back. A stream has 1,000 messages of that length. A record has eight fields, two of
  them messages, and some 190 bytes; 10,000 of them come as one message, whose bytes are in the page's memory: the call is
  made as any other, by a \`fetch\` that answers at once.
- A figure is the median of the rounds; beside it stands their lower quartile. Rates are those of a machine that browser and
  server share. Processor time is what Chromium tells of the page's process, all its threads together (\`ProcessTime\` of
  \`Performance.getMetrics\`): the network's process and the server are not in it.
- \`fetch alone\` is the floor: what was encoded before is sent, and what comes back is not decoded.
- By fetch and over a WebSocket are two ways of one package of Iris's, \`streams: "fetch"\` and \`streams: "websocket"\`, to the same
  server; connect-es has the first alone. On a stream both ways each message of 64 bytes is sent once the one before it was answered.`;

/** How many programs wanted a processor in the minute before. */
const [busy] = loadavg();

/** Processor, kernel, browser, versions, day, and the length of what was measured. */
export function sentences(browser) {
    const day = new Date().toISOString().slice(0, 10);
    const machine = `${cpus()[0]?.model ?? "a processor without a name"}, ${availableParallelism()} cores, ${type()} ${release()}`;
    const versions = PACKAGES.map((name) => `${name} ${version(join(paths.packages, name))}`).join(", ");
    return `Measured with \`cargo xtask bench web\` on ${day}: ${machine}, ${browser}; ${versions}. \
${settings.rounds} rounds, ${settings.seconds} s a client and round. Before it began, the load average of the machine was ${busy.toFixed(1)}: \
above a half, what else ran took its share of the rates.

${READING}`;
}

const version = (folder) => JSON.parse(readFileSync(join(folder, "package.json"), "utf8")).version;
