// What the tests run with, all of it from the environment (`cargo xtask web` sets it).

import { pathToFileURL } from "node:url";

function setting(name, about) {
    const value = process.env[name];
    if (!value) throw new Error(`${name} is missing: ${about}`);
    return value;
}

/** The program `web-server`. */
export const server = () => setting("WEB_SERVER", "the program of tests/web/server");

/** The folder of the package that calls the server of tests/end-to-end. */
export const packageFolder = () => setting("WEB_PACKAGE", "the folder of a package with the remotes of tests/end-to-end");

/** The same, of the messages of tests/web/server. */
export const everythingFolder = () => setting("WEB_EVERYTHING", "the folder of a package with the remotes of tests/web/server");

export const module = (folder) => import(new URL("index.js", pathToFileURL(`${folder}/`)));

export { setting };
