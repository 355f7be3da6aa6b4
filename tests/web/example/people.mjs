// People before the page: each has a browser context of their own, as in windows that share no cookies.

import assert from "node:assert/strict";
import { after, before } from "node:test";
import { launch } from "../../chromium.mjs";

let browser;

before(async () => {
    browser = await launch();
});
after(() => browser?.close());

/** A context without cookies, gone at the end of the test. */
export async function context(test, options = {}) {
    const context = await browser.newContext(options);
    test.after(() => context.close());
    return context;
}

/**
 * Opens the page, and waits until its list is live. The test fails at its end where the page logged an error or broke its
 * Content-Security-Policy; `expected` says what it may log all the same.
 */
export async function open(test, url, { expected, context: given, ...options } = {}) {
    const page = await (given ?? (await context(test, options))).newPage();
    page.setDefaultTimeout(15_000);
    const complaints = [];
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("console", (message) => {
        if (!["error", "warning"].includes(message.type())) return;
        // Chromium logs every answer that is no success. Calls are refused here on purpose, files are not.
        const isRefusal = /^Failed to load resource:.* 4\d\d/.test(message.text());
        const isCall = new URL(message.location().url || "about:blank").pathname.startsWith("/picnic.v1.");
        if (!(isRefusal && isCall) && !expected?.test(message.text())) complaints.push(message.text());
    });
    test.after(() => assert.deepEqual(complaints, []));
    await page.goto(url);
    await state(page, "What we bring", "live");
    return page;
}

/** One of the page's parts, by its heading. */
export function part(page, heading) {
    return page.getByRole("region", { name: heading });
}

/** Waits until the stream of a part is in a state. */
export async function state(page, heading, state) {
    await part(page, heading).getByRole("status").getByText(state, { exact: true }).waitFor();
}

/** Presses one of the door's buttons. */
export async function knock(page, name, password, button = "Sign in") {
    await page.getByLabel("Name").fill(name);
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: button }).click();
}

/** Comes in, and waits until the chat is there. */
export async function comeIn(page, name, password, button) {
    await knock(page, name, password, button);
    await state(page, "Chat", "live");
}

/** Waits until a part says so of what has gone wrong. */
export async function told(page, heading, words) {
    await part(page, heading).getByRole("alert").getByText(words).waitFor();
}

/** Says something in the chat. */
export async function say(page, text) {
    await page.getByLabel("Remark").fill(text);
    await page.getByRole("button", { name: "Say" }).click();
}

/** Waits until a guest has said so. */
export async function heard(page, guest, text) {
    const lines = part(page, "Chat").getByRole("listitem");
    await lines.filter({ hasText: guest }).filter({ hasText: text }).waitFor();
}

/** The row of a thing on the list. */
export function thing(page, name) {
    return part(page, "What we bring").getByRole("listitem").filter({ hasText: name });
}

/** Adds something to the list. */
export async function add(page, name) {
    await page.getByLabel("Something to bring").fill(name);
    await page.getByRole("button", { name: "Add" }).click();
}
