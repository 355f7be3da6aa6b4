// How tests start a Chromium.

import { createRequire } from "node:module";

// By require, which finds packages in NODE_PATH: they are installed below the target folder.
const { chromium } = createRequire(import.meta.url)("playwright-core");

const FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

/** A Chromium whose profile is an empty folder, gone when it closes. */
export function launch() {
    return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
}
