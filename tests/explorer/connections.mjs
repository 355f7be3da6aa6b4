// Streams of requests to a real server, over HTTP/1.1 and, inside TLS, over HTTP/2.

import assert from "node:assert/strict";
import { test } from "node:test";
import { call, open, told, writeJson } from "./browser.mjs";

const HTTP1 = { name: "HTTP/1.1", server: process.env.SHAPES_URL };
/** Its certificate is signed by nobody whom browsers know. */
const HTTP2 = { name: "HTTP/2", server: process.env.SHAPES_TLS_URL, options: { ignoreHTTPSErrors: true } };

/** More bytes than a message may have, and than lie between browser and server before anybody reads them. */
const TOO_LARGE = 12 << 20;

for (const { name, server, options } of [HTTP1, HTTP2]) {
    const shown = async (test, procedure) => {
        const page = await open(test, server, `#/testing.v1.${procedure}`, options);
        const outcome = page.getByRole("region", { name: "Outcome" });
        return { page, outcome, messages: page.locator(".log code") };
    };

    test(`a client stream is answered, over ${name}`, async (test) => {
        const { page, outcome } = await shown(test, "Shapes/Sum");
        for (const [index, number] of ["1", "2", "39"].entries()) {
            await page.getByRole("button", { name: "Add message" }).click();
            await page.getByLabel("number").nth(index).fill(number);
        }
        await call(page, "Succeeded");
        assert.deepEqual(JSON.parse(await outcome.locator("pre").innerText()), { number: "42" });
        await writeJson(page, []);
        await call(page, "Succeeded");
        assert.deepEqual(JSON.parse(await outcome.locator("pre").innerText()), {});
    });

    test(`a bidirectional stream is answered, over ${name}`, async (test) => {
        const { page, messages } = await shown(test, "Shapes/Chat");
        await writeJson(page, [{ text: "one" }, {}, { text: "drei ß" }]);
        await call(page, "Succeeded");
        await page.getByText("3 messages", { exact: true }).waitFor();
        assert.deepEqual(await messages.allInnerTexts(), ['{"text":"ONE"}', "{}", '{"text":"DREI SS"}']);
    });

    test(`what is answered before a wrong message is shown, over ${name}`, async (test) => {
        const { page, outcome, messages } = await shown(test, "Shapes/Chat");
        await writeJson(page, [{ text: "one" }, { text: 5 }, { text: "three" }]);
        await call(page, "Failed");
        await page.getByText("1 message", { exact: true }).waitFor();
        assert.deepEqual(await messages.allInnerTexts(), ['{"text":"ONE"}']);
        assert.match(await outcome.innerText(), /910\s+IrisInvalidRequestMessage\s+testing\.v1\.Text: text: /);
    });

    test(`a stream that hangs is stopped, over ${name}`, async (test) => {
        const { page, messages } = await shown(test, "Failures/HangInStream");
        await call(page, "Streaming…");
        await messages.first().waitFor();
        await page.getByRole("button", { name: "Stop" }).click();
        await told(page, "Stopped");
    });
}

/** Calls with one message of so many bytes. */
async function callWith(page, bytes) {
    await page.getByRole("tab", { name: "JSON" }).click();
    // Unseen, and not typed: to break so long a word into lines takes Chromium seconds, several times.
    await page.getByLabel("Request as JSON").evaluate((text, bytes) => {
        text.style.display = "none";
        text.value = JSON.stringify([{ text: "x".repeat(bytes) }]);
        text.dispatchEvent(new Event("input"));
    }, bytes);
    await call(page, "Failed");
}

test("a stream that is refused before its end is shown over HTTP/2", async (test) => {
    const page = await open(test, HTTP2.server, "#/testing.v1.Shapes/Chat", HTTP2.options);
    assert.equal(await page.getByText("This page came over HTTP/1.1").count(), 0);
    await callWith(page, TOO_LARGE);
    await page.getByText("characters more)").first().waitFor();
    assert.match(await page.getByRole("region", { name: "Outcome" }).innerText(), /913\s+IrisMessageTooLarge/);
});

test("over HTTP/1.1 the page says that browsers drop such an answer", async (test) => {
    const page = await open(test, HTTP1.server, "#/testing.v1.Shapes/Chat");
    await page.getByText("This page came over HTTP/1.1").waitFor();
    await callWith(page, TOO_LARGE);
    await page.getByText("Or it refused the stream before all messages were sent").waitFor();
});
