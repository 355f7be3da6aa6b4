// The server that is called, in a process of its own.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { paths } from "./settings.mjs";

/** Starts it for pages of this origin; gives its URL, and what ends it. */
export async function serving(origin) {
    const child = spawn(paths.server, [origin], { stdio: ["pipe", "pipe", "inherit"] });
    const url = await new Promise((resolve, reject) => {
        createInterface(child.stdout).once("line", resolve);
        child.once("error", reject);
        child.once("exit", (code) => reject(new Error(`the server ended with ${code}`)));
    });
    return { url, close: () => child.stdin.end() };
}
