// The same call as a line for a shell.

import { headers } from "./connect.js";

/** Every character of it stays what it is, in any POSIX shell. */
function quoted(text) {
    return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

export function unaryLine(call, message) {
    return [
        `curl ${quoted(call.url)}`,
        ...headers(call, "application/json").map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
        `--data-raw ${quoted(JSON.stringify(message))}`,
    ].join(" \\\n  ");
}

/** Envelopes have bytes that no argument can hold, so printf writes them. */
export function streamLine(call, messages) {
    const envelopes = messages.map((message) => {
        const text = JSON.stringify(message);
        const length = new TextEncoder().encode(text).length;
        const octal = (byte) => `\\${byte.toString(8).padStart(3, "0")}`;
        const head = [0, length >>> 24, (length >>> 16) & 255, (length >>> 8) & 255, length & 255].map(octal).join("");
        return head + text.replaceAll("\\", "\\\\").replaceAll("%", "%%");
    });
    return [
        `printf ${quoted(envelopes.join(""))} |\n  curl --no-buffer --output - ${quoted(call.url)}`,
        ...headers(call, "application/connect+json").map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
        "--data-binary @-",
    ].join(" \\\n  ");
}

/** The address of the same call by GET ("Unary-Get-Request"). */
export function getAddress(call, message) {
    const query = new URLSearchParams({ connect: "v1", encoding: "json", message: JSON.stringify(message) });
    return `${call.url}?${query}`;
}
