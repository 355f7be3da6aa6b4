// What a page costs with Iris's packages, beside connect-es. `cargo xtask bench web` starts it.
//
// - settings.mjs: what is measured, and for how long; clients.mjs: with whom
// - page/small.mjs: a page that is weighed; page/turns.mjs: one that works; clients/: what they call with
// - bundle.mjs: pages bundled and weighed; devtools.mjs: Chromium; browser.mjs: pages in it; server.mjs: whom they call
// - ways.mjs, page/talks.mjs: one package by `fetch` and over a WebSocket
// - rounds.mjs: all turns
// - report.mjs, report_ways.mjs: tables; machine.mjs: what they were measured on

import { writeFile } from "node:fs/promises";
import { weighed } from "./bundle.mjs";
import { PEERS } from "./clients.mjs";
import { sentences } from "./machine.mjs";
import { tables } from "./report.mjs";
import { tablesOfWays } from "./report_ways.mjs";
import { measured } from "./rounds.mjs";
import { settings } from "./settings.mjs";

const sizes = await Promise.all(PEERS.map(weighed));
const { rows, ways, version } = await measured();
const report = `${[sentences(version), tables(sizes, rows), tablesOfWays(ways)].filter(Boolean).join("\n\n")}\n`;
if (settings.report) await writeFile(settings.report, report);
else process.stdout.write(report);
