// Chromium, and a page whose complaints fail the test.

import assert from "node:assert/strict";
import { after, before } from "node:test";
import { launch } from "../chromium.mjs";

let browser;

before(async () => {
    browser = await launch();
});
after(() => browser?.close());

/**
 * Opens the explorer of a server at a fragment such as `#/users.v1.Users/Create`, in a context of its own. The test
 * fails at its end where the page logged an error or broke its Content-Security-Policy.
 */
export async function open(test, server, fragment = "", options = {}) {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    const complaints = [];
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("console", (message) => {
        // Chromium logs every answer that is no success, which calls are refused with on purpose.
        const isLoad = message.text().startsWith("Failed to load resource:");
        const isCall = isLoad && !message.location().url.includes("/-/explorer");
        if (["error", "warning"].includes(message.type()) && !isCall) complaints.push(message.text());
    });
    test.after(async () => {
        await context.close();
        assert.deepEqual(complaints, []);
    });
    const answer = await page.goto(`${server}/-/explorer${fragment}`);
    assert.match(answer.headers()["content-security-policy"] ?? "", /default-src 'none'/);
    await page.locator("h1").waitFor();
    return page;
}

/** The request as the JSON tab has it. */
export async function json(page) {
    await page.getByRole("tab", { name: "JSON" }).click();
    const text = await page.getByLabel("Request as JSON").inputValue();
    await page.getByRole("tab", { name: "Form" }).click();
    return JSON.parse(text);
}

/** Writes the request in the JSON tab. */
export async function writeJson(page, value) {
    await page.getByRole("tab", { name: "JSON" }).click();
    await page.getByLabel("Request as JSON").fill(typeof value === "string" ? value : JSON.stringify(value));
}

/** Presses Call, and waits until the outcome begins with a word. */
export async function call(page, verdict) {
    await page.getByRole("button", { name: "Call" }).click();
    await told(page, verdict);
}

export async function told(page, verdict) {
    await page.getByRole("status").getByText(verdict, { exact: true }).waitFor();
}
