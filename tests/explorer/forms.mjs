// Forms of a richer contract than the quickstart's, on a server of the test's own.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { call, json, open, writeJson } from "./browser.mjs";
import { stub } from "./stub.mjs";

const explorer = process.env.IRIS_URL;
/** Has every type of field. */
const TYPES = JSON.parse(readFileSync(new URL("../../iris-build/tests/golden/openapi.json", import.meta.url)));

/** A page with the form of a message of the contract's. */
async function form(test, message, { schemas = TYPES.components.schemas, answer } = {}) {
    const operation = {
        requestBody: { content: { "application/json": { schema: { $ref: `#/components/schemas/${message}` } } } },
    };
    const contract = { paths: { "/p.R/M": { post: operation } }, components: { schemas } };
    return open(test, await stub(test, explorer, contract, { "/p.R/M": answer }), "#/p.R/M");
}

test("every scalar has its JSON form", async (test) => {
    const page = await form(test, "users.v1.Everything");
    const typed = {
        aDouble: ["1.5", 1.5],
        aFloat: ["-Infinity", "-Infinity"],
        anInt32: ["-7", -7],
        aUint32: ["4294967295", 4294967295],
        anInt64: ["-9223372036854775808", "-9223372036854775808"],
        aUint64: ["18446744073709551615", "18446744073709551615"],
        aString: ["<b>ä</b>", "<b>ä</b>"],
        someBytes: ["AAEC", "AAEC"],
        duration: ["1.5", "1.5s"],
        mask: ["name,address.city", "name,address.city"],
    };
    for (const [name, [text]] of Object.entries(typed)) await page.getByLabel(name, { exact: true }).fill(text);
    await page.getByLabel("aBool").check();
    const expected = Object.fromEntries(Object.entries(typed).map(([name, [, value]]) => [name, value]));
    assert.deepEqual(await json(page), { ...expected, aBool: true });
    await page.getByLabel("aBool").uncheck();
    await page.getByLabel("aString").fill("");
    const { aString, ...rest } = expected;
    assert.deepEqual(await json(page), rest);
    // And back: the form shows what the JSON says.
    assert.equal(await page.getByLabel("anInt64").inputValue(), "-9223372036854775808");
    assert.equal(await page.getByLabel("duration").inputValue(), "1.5");
});

test("what no field holds is refused beside it, and the JSON tab sends it all the same", async (test) => {
    const heard = [];
    const answer = ({ messages, response }) => {
        heard.push(...messages);
        response.writeHead(200, { "content-type": "application/json" }).end("{}");
    };
    const page = await form(test, "users.v1.Everything", { answer });
    const wrong = {
        anInt32: ["2147483648", "int32 goes from -2147483648 to 2147483647."],
        aFixed32: ["-1", "uint32 goes from 0 to 4294967295."],
        anInt64: ["9223372036854775808", "int64 goes from -9223372036854775808 to 9223372036854775807."],
        aUint64: ["1e3", "Not a whole number."],
        aDouble: ["many", "Not a number. NaN, Infinity and -Infinity are."],
        someBytes: ["A", "Not base64. A file can be chosen instead."],
        duration: ["soon", "Not a number of seconds, such as 1.5."],
    };
    for (const [name, [text, problem]] of Object.entries(wrong)) {
        const input = page.getByLabel(name, { exact: true });
        await input.fill(text);
        await page.getByText(problem, { exact: true }).waitFor();
        assert.equal(await input.getAttribute("aria-invalid"), "true");
        await page.getByRole("button", { name: "Call" }).click();
        assert.equal(await input.evaluate((node) => node === document.activeElement), true);
        await input.fill("");
    }
    assert.deepEqual(heard, []);
    await writeJson(page, { anInt32: 2147483648 });
    await call(page, "Succeeded");
    assert.deepEqual(heard, [{ anInt32: 2147483648 }]);
});

test("a whole number that no double holds is not rounded", async (test) => {
    const page = await form(test, "users.v1.Everything");
    await writeJson(page, '{"anInt64": 9007199254740993}');
    await page.getByRole("tab", { name: "Form" }).click();
    assert.equal(await page.getByLabel("anInt64").inputValue(), "9007199254740993");
});

test("types of their own JSON, and wrappers, are added and removed", async (test) => {
    const page = await form(test, "users.v1.Everything");
    const added = {
        structure: {},
        value: null,
        list: [],
        nothing: null,
        empty: {},
        int64Value: "0",
        stringValue: "",
        doubleValue: 0,
    };
    for (const name of Object.keys(added)) await page.getByRole("button", { name: `Add ${name}`, exact: true }).click();
    await page.getByLabel("boolValue").selectOption("false");
    assert.deepEqual(await json(page), { ...added, boolValue: false });
    await page.getByLabel("structure", { exact: true }).fill('{"a": [1, {"b": null}]}');
    await page.getByLabel("value", { exact: true }).fill('{"a": ');
    await page.getByText("No JSON: line 1, column 7: expected a value, found the end.").waitFor();
    await page.getByLabel("value", { exact: true }).fill("17");
    for (const name of ["empty", "nothing", "list", "stringValue", "doubleValue"]) {
        await page.getByRole("button", { name: `Remove ${name}`, exact: true }).click();
    }
    await page.getByLabel("boolValue").selectOption("not set");
    assert.deepEqual(await json(page), { structure: { a: [1, { b: null }] }, value: 17, int64Value: "0" });
});

test("bytes come from a file", async (test) => {
    const page = await form(test, "users.v1.Everything");
    const choosing = page.waitForEvent("filechooser");
    await page.getByRole("button", { name: "File…" }).click();
    await (await choosing).setFiles({ name: "b", mimeType: "text/plain", buffer: Buffer.from([0, 255, 7]) });
    await page.getByText("3 bytes").waitFor();
    assert.deepEqual(await json(page), { someBytes: "AP8H" });
});

test("maps have keys of their type", async (test) => {
    const page = await form(test, "users.v1.Everything");
    const group = (name) => page.getByRole("group", { name, exact: true });
    const integers = group("byUint64");
    await integers.getByRole("button", { name: "Add entry" }).click();
    await integers.getByLabel("Key").fill("-1");
    assert.equal(await integers.getByLabel("Key").getAttribute("aria-invalid"), "true");
    await integers.getByLabel("Key").fill("1");
    await integers.getByLabel("Value").selectOption("ROLE_ADMIN");
    await integers.getByRole("button", { name: "Add entry" }).click();
    await integers.getByLabel("Key").nth(1).fill("1");
    assert.equal(await integers.getByLabel("Key").nth(1).getAttribute("title"), "This key is there twice.");
    await integers.getByRole("button", { name: "Remove" }).nth(1).click();
    const booleans = group("byBool");
    await booleans.getByRole("button", { name: "Add entry" }).click();
    await booleans.getByRole("button", { name: "Add entry" }).click();
    await booleans.getByLabel("Value").nth(1).fill("2");
    const expected = { byUint64: { 1: "ROLE_ADMIN" }, byBool: { true: "0s", false: "2s" } };
    assert.deepEqual(await json(page), expected);
});

test("a message may hold messages of its own type, and one of several fields", async (test) => {
    const page = await form(test, "users.v1.User");
    await page.getByLabel("contact").selectOption("email");
    await page.getByLabel("email").fill("a@example.com");
    assert.deepEqual(await json(page), { email: "a@example.com" });
    await page.getByLabel("contact").selectOption("phone");
    assert.deepEqual(await json(page), { phone: "" });
    const friends = page.getByRole("group", { name: "friends", exact: true });
    await friends.first().getByRole("button", { name: "Add User" }).click();
    await friends.nth(1).getByRole("button", { name: "Add User" }).click();
    await friends.nth(1).getByLabel("displayName").fill("inner");
    await page.getByLabel("role").nth(0).selectOption("ROLE_UNSPECIFIED");
    const expected = { role: "ROLE_UNSPECIFIED", phone: "", friends: [{ friends: [{ displayName: "inner" }] }] };
    assert.deepEqual(await json(page), expected);
    assert.equal(
        await page
            .getByText("admitted")
            .first()
            .evaluate((node) => getComputedStyle(node).textDecorationLine),
        "line-through",
    );
});

test("Any has the fields of the type that it names", async (test) => {
    const page = await form(test, "users.v1.Everything");
    await page.getByRole("button", { name: "Add Any" }).click();
    await page.getByLabel("@type").fill("type.googleapis.com/common.v1.Page");
    await page.getByLabel("@type").blur();
    await page.getByLabel("token").fill("next");
    const known = { "@type": "type.googleapis.com/common.v1.Page", token: "next" };
    assert.deepEqual(await json(page), { anything: [known] });
    await page.getByLabel("@type").fill("type.googleapis.com/google.protobuf.Duration");
    await page.getByLabel("@type").blur();
    await page.getByLabel("Fields as JSON").fill('{"value": "1s"}');
    assert.deepEqual(await json(page), {
        anything: [{ "@type": "type.googleapis.com/google.protobuf.Duration", value: "1s" }],
    });
});

test("a value that does not fit its field is shown as JSON", async (test) => {
    const page = await form(test, "users.v1.User");
    await writeJson(page, { displayName: { no: "text" }, friends: "nobody" });
    await page.getByRole("tab", { name: "Form" }).click();
    assert.deepEqual(JSON.parse(await page.getByLabel("displayName").inputValue()), { no: "text" });
    assert.deepEqual(await json(page), { displayName: { no: "text" }, friends: "nobody" });
});

test("a field with presence may hold its default", async (test) => {
    const properties = {
        on: { type: "boolean", "x-iris-presence": true },
        text: { type: "string", "x-iris-presence": true },
    };
    const page = await form(test, "a.M", { schemas: { "a.M": { type: "object", properties } } });
    assert.deepEqual(await json(page), {});
    await page.getByLabel("on", { exact: true }).selectOption("false");
    await page.getByRole("button", { name: "Add text" }).click();
    assert.deepEqual(await json(page), { on: false, text: "" });
});

test("what the messages of proto2 need is marked", async (test) => {
    const schema = { type: "object", properties: { a: { type: "string" }, b: { type: "string" } }, required: ["b"] };
    const page = await form(test, "a.M", { schemas: { "a.M": schema } });
    assert.deepEqual(await page.locator(".field .heading").allInnerTexts(), ["a\nstring", "b\nstring\nrequired"]);
});

test("docs are text, whatever they look like", async (test) => {
    const docs =
        "A <img src=x onerror=alert(1)> and `code`, [a link](https://example.com).\n\n- one\n- [two](javascript:alert(1))\n\n```\na\n\nb\n```";
    const contract = {
        tags: [{ name: "p.R", description: docs }],
        paths: { "/p.R/M": { post: { description: docs } } },
    };
    const page = await open(test, await stub(test, explorer, contract), "#/p.R/M");
    const shown = page.locator(".docs.wide");
    assert.equal(await shown.locator("img").count(), 0);
    await shown.getByText("<img src=x onerror=alert(1)>").waitFor();
    assert.deepEqual(await shown.getByRole("link").evaluateAll((links) => links.map((link) => link.href)), [
        "https://example.com/",
    ]);
    assert.deepEqual(await shown.getByRole("listitem").allInnerTexts(), ["one", "[two](javascript:alert(1))"]);
    assert.equal(await shown.locator("pre").innerText(), "a\n\nb");
});

test("a server without a contract is told how to give one", async (test) => {
    const page = await open(test, await stub(test, explorer));
    await page.getByRole("heading", { name: "This server has no contract" }).waitFor();
    await page.getByText(".contract(messages::CONTRACT)").waitFor();
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("heading", { name: "This server has no contract" }).waitFor();
});
