// Calls of every kind, and what a server may answer them, on a server of the test's own.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { promisify } from "node:util";
import { call, open, told, writeJson } from "./browser.mjs";
import { envelope, stub } from "./stub.mjs";

const explorer = process.env.IRIS_URL;
/** Has every kind of procedure. */
const SHAPES = JSON.parse(readFileSync(new URL("../end-to-end/client/openapi.json", import.meta.url)));

test("a client stream sends all messages in their order", async (test) => {
    const heard = {};
    const server = await stub(test, explorer, SHAPES, {
        "/testing.v1.Shapes/Sum": ({ messages, headers, send, end }) => {
            Object.assign(heard, { messages, headers });
            send({ number: "6" });
            end({ metadata: { tail: ["a", "b"] } });
        },
    });
    const page = await open(test, server, "#/testing.v1.Shapes/Sum");
    for (const [index, number] of ["1", "2", "3"].entries()) {
        await page.getByRole("button", { name: "Add message" }).click();
        await page.getByLabel("number").nth(index).fill(number);
    }
    await page.getByRole("button", { name: "Move up" }).nth(2).click();
    await page.getByRole("button", { name: "Remove" }).nth(0).click();
    await page.getByText("Metadata and timeout").click();
    await page.getByRole("button", { name: "Add metadata" }).click();
    await page.getByLabel("Name", { exact: true }).fill("Authorization");
    await page.getByLabel("Value", { exact: true }).fill("Bearer x");
    await page.getByLabel("Timeout").fill("5000");
    await call(page, "Succeeded");
    assert.deepEqual(heard.messages, [{ number: "3" }, { number: "2" }]);
    assert.equal(heard.headers["content-type"], "application/connect+json");
    assert.equal(heard.headers["connect-protocol-version"], "1");
    assert.equal(heard.headers["connect-timeout-ms"], "5000");
    assert.equal(heard.headers.authorization, "Bearer x");
    const outcome = page.getByRole("region", { name: "Outcome" });
    assert.deepEqual(JSON.parse(await outcome.locator("pre").innerText()), { number: "6" });
    await outcome.getByText("Trailing metadata").click();
    assert.deepEqual(await outcome.getByRole("row", { name: "tail" }).allInnerTexts(), ["tail\ta", "tail\tb"]);

    const region = page.getByRole("region", { name: "Same call elsewhere" });
    heard.messages = undefined;
    // Not the blocking one: the server is in this process.
    await promisify(execFile)("sh", ["-c", await region.locator("pre").innerText()]);
    assert.deepEqual(heard.messages, [{ number: "3" }, { number: "2" }]);

    await page.reload();
    assert.equal(await page.getByLabel("Value", { exact: true }).inputValue(), "Bearer x");
    await page.getByLabel("Name", { exact: true }).fill("cookie");
    await page.getByText("Browsers do not let pages set this one.").waitFor();
});

test("answers of a bidirectional stream are shown as they arrive", async (test) => {
    let go;
    const seen = new Promise((resolve) => (go = resolve));
    const server = await stub(test, explorer, SHAPES, {
        "/testing.v1.Shapes/Chat": async ({ messages, send, end }) => {
            send({ text: `${messages[0].text}, too` });
            await seen;
            send({ text: `${messages[1].text}, too` });
            end({
                error: {
                    code: "failed_precondition",
                    message: "m",
                    details: [
                        { type: "iris.v1.ErrorDetail", value: "", debug: { code: 1, internalMessage: "Enough." } },
                    ],
                },
            });
        },
    });
    const page = await open(test, server, "#/testing.v1.Shapes/Chat");
    await writeJson(page, [{ text: "ä" }, { text: "b" }]);
    await call(page, "Streaming…");
    await page.locator(".log").getByText("ä, too").waitFor();
    assert.equal(await page.locator(".log li").count(), 1);
    go();
    await told(page, "Failed");
    await page.getByText("2 messages").waitFor();
    const outcome = await page.getByRole("region", { name: "Outcome" }).innerText();
    assert.match(outcome, /HTTP 200\s+failed_precondition[\s\S]*\b1\s+Documented\s+Enough\./);
});

test("a stream that breaks off has failed", async (test) => {
    const server = await stub(test, explorer, SHAPES, {
        "/testing.v1.Shapes/Count": ({ send, response }) => {
            send({ number: "1" });
            response.end();
        },
        "/testing.v1.Failures/Flood": ({ response }) => response.end(envelope(0, { data: "AAAA" }).subarray(0, 9)),
        "/testing.v1.Failures/HangInStream": ({ response }) => response.destroy(),
    });
    const page = await open(test, server, "#/testing.v1.Shapes/Count");
    await call(page, "Failed");
    await page.getByText("it ended without the message that ends it").waitFor();
    await page.getByText("1 message", { exact: true }).waitFor();
    await page.goto(`${server}/-/explorer#/testing.v1.Failures/Flood`);
    await call(page, "Failed");
    await page.getByText("The stream broke off within a message.").waitFor();
    await page.goto(`${server}/-/explorer#/testing.v1.Failures/HangInStream`);
    await call(page, "Failed");
    await page.getByText("The server cannot be reached, or broke off").waitFor();
});

test("the log keeps the last thousand messages", async (test) => {
    const server = await stub(test, explorer, SHAPES, {
        "/testing.v1.Shapes/Count": ({ send, end }) => {
            for (let number = 1; number <= 2500; number += 1) send({ number: String(number) });
            end();
        },
    });
    const page = await open(test, server, "#/testing.v1.Shapes/Count");
    await call(page, "Succeeded");
    await page.getByText("2,500 messages, the first 1,500 dropped").waitFor();
    const rows = page.locator(".log li");
    assert.equal(await rows.count(), 1000);
    assert.match(await rows.first().innerText(), /1501/);
    assert.match(await rows.last().innerText(), /2500/);
});

test("an answer that is not Connect's is shown as it is", async (test) => {
    const html = { "content-type": "text/html" };
    const server = await stub(test, explorer, SHAPES, {
        "/testing.v1.Shapes/Ping": ({ response }) => response.writeHead(502, html).end("<h1>Bad gateway</h1>"),
        "/testing.v1.Shapes/Echo": ({ response }) => response.writeHead(200, html).end('<h1 id="a">Sign in</h1>'),
    });
    const page = await open(test, server, "#/testing.v1.Shapes/Ping");
    await call(page, "Failed");
    await page.getByText("<h1>Bad gateway</h1>").waitFor();
    await page.goto(`${server}/-/explorer#/testing.v1.Shapes/Echo`);
    await call(page, "Failed");
    await page.getByText("The answer's content type is text/html, not application/json").waitFor();
    assert.equal(
        await page.getByRole("region", { name: "Outcome" }).locator("pre").innerText(),
        '<h1 id="a">Sign in</h1>',
    );
});

test("a call that hangs is stopped", async (test) => {
    let begun;
    const called = new Promise((resolve) => (begun = resolve));
    const server = await stub(test, explorer, SHAPES, {
        "/testing.v1.Failures/Hang": ({ response }) => begun(response),
    });
    const page = await open(test, server, "#/testing.v1.Failures/Hang");
    await call(page, "Waiting…");
    const response = await called;
    const gone = new Promise((resolve) => response.on("close", resolve));
    await page.getByRole("button", { name: "Stop" }).click();
    await told(page, "Stopped");
    await gone;
});
