// The explorer of the quickstart server at IRIS_URL.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { call, json, open, told, writeJson } from "./browser.mjs";

const server = process.env.IRIS_URL;

/** A page whose session is that of ada, who may create users. */
async function signedIn(test, fragment, options) {
    const page = await open(test, server, "#/users.v1.Sessions/SignIn", options);
    await page.getByLabel("name").fill("ada");
    await page.getByLabel("password").fill("lovelace");
    await call(page, "Succeeded");
    await page.goto(`${server}/-/explorer${fragment}`);
    return page;
}

/** Other tests may have made users; names are taken once. */
function newName() {
    return `user-${process.pid}-${Math.random().toString(36).slice(2)}`;
}

test("remotes and procedures are listed with their docs", async (test) => {
    const page = await open(test, server);
    const links = page.getByRole("navigation").getByRole("link");
    assert.deepEqual(await links.allInnerTexts(), ["SignIn", "Create", "Delete", "Ping", "Watch\n↓\nserver stream"]);
    const main = page.getByRole("main");
    await main.getByText("Who is signed in.").waitFor();
    await main.getByText("Creates a user. Only administrators may.").waitFor();
    const row = main.getByRole("row", { name: "InvalidUsernameOrPassword" });
    assert.match(await row.innerText(), /^0\s.*unauthenticated\s+The name or the password is wrong\.$/s);
});

test("the filter leaves what has all of its words", async (test) => {
    const page = await open(test, server);
    await page.keyboard.press("/");
    await page.keyboard.type("USER delet");
    const links = page.getByRole("navigation").getByRole("link");
    assert.deepEqual(await links.allInnerTexts(), ["Delete"]);
    await page.getByText("1 of 5").waitFor();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Delete" }).waitFor();
    await page.getByLabel("Filter procedures").fill("nowhere");
    await page.getByText("Nothing has these words.").waitFor();
    await page.keyboard.press("Escape");
    assert.equal(await links.count(), 5);
});

test("arrows walk the navigation", async (test) => {
    const page = await open(test, server);
    await page.getByLabel("Filter procedures").focus();
    for (const _ of ["Sessions", "SignIn", "Users", "Create"]) await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Create", exact: true }).waitFor();
    assert.equal(new URL(page.url()).hash, "#/users.v1.Users/Create");
});

test("an address names a procedure", async (test) => {
    const page = await open(test, server, "#/users.v1.Users/Delete");
    await page.getByText("A user who is gone already is as good as deleted").waitFor();
    const current = page.getByRole("navigation").locator("[aria-current=page]");
    assert.equal(await current.innerText(), "Delete");
    assert.equal(await page.title(), "Delete · users.v1.Users");
    await page.goto(`${server}/-/explorer#/users.v1.Users/Rename`);
    await page.getByText("The contract has no /users.v1.Users/Rename.").waitFor();
});

test("a call by the form answers", async (test) => {
    const page = await open(test, server, "#/users.v1.Sessions/SignIn");
    await page.getByLabel("name").fill("ada");
    await page.getByLabel("password").fill("lovelace");
    await call(page, "Succeeded");
    const outcome = page.getByRole("region", { name: "Outcome" });
    assert.match(await outcome.getByRole("status").innerText(), /^Succeeded\s+HTTP 200\s+\d+ ms$/);
    const answer = JSON.parse(await outcome.locator("pre").innerText());
    assert.deepEqual(answer, { user: { id: "1", name: "ada", admin: true } });
    await outcome.getByText("Response metadata").click();
    await outcome.getByRole("row", { name: "content-type application/json" }).waitFor();
});

test("a wrong password is code 0 with its name and message", async (test) => {
    const page = await open(test, server, "#/users.v1.Sessions/SignIn");
    await page.getByLabel("name").fill("ada");
    await page.getByLabel("password").fill("byron");
    await call(page, "Failed");
    const outcome = await page.getByRole("region", { name: "Outcome" }).innerText();
    assert.match(outcome, /Failed\s+HTTP 401\s+unauthenticated/);
    assert.match(outcome, /\b0\s+InvalidUsernameOrPassword\s+The name or the password is wrong\./);
});

test("a filter's refusal is code 920", async (test) => {
    const page = await open(test, server, "#/users.v1.Users/Ping");
    await page.getByText("no side effects").waitFor();
    await page.getByText("/users.v1.Users/Ping?connect=v1&encoding=json&message=%7B%7D").waitFor();
    await call(page, "Failed");
    assert.match(await page.getByRole("region", { name: "Outcome" }).innerText(), /920\s+IrisRejectedByFilter/);
});

test("a sign-in lasts for later calls, and the JSON tab and Ctrl+Enter call as well", async (test) => {
    const page = await signedIn(test, "#/users.v1.Users/Create");
    const name = newName();
    await writeJson(page, { name, email: `${name}@example.com`, password: "babbage" });
    await page.keyboard.press("Control+Enter");
    await told(page, "Succeeded");
    const { user } = JSON.parse(await page.getByRole("region", { name: "Outcome" }).locator("pre").innerText());
    assert.equal(user.name, name);

    await writeJson(page, { name, email: "nowhere" });
    await call(page, "Failed");
    const outcome = await page.getByRole("region", { name: "Outcome" }).innerText();
    assert.match(outcome, /1\s+InvalidEmail\s+no @ in "nowhere"\s+The e-mail address is not valid\./);
});

test("form and JSON are one request", async (test) => {
    const page = await open(test, server, "#/users.v1.Users/Create");
    await page.getByLabel("email").fill("bob@example.com");
    await page.getByLabel("name").fill("bob");
    assert.deepEqual(await json(page), { name: "bob", email: "bob@example.com" });
    await writeJson(page, { name: "eve", later: [1] });
    await page.getByRole("tab", { name: "JSON" }).press("ArrowLeft");
    assert.equal(await page.getByLabel("name").inputValue(), "eve");
    assert.equal(await page.getByLabel("email").inputValue(), "");
    await page.getByLabel("email").fill("eve@example.com");
    assert.deepEqual(await json(page), { name: "eve", email: "eve@example.com", later: [1] });
    // What was typed is still there when somebody comes back.
    await page.getByRole("link", { name: "Ping" }).first().click();
    await page.getByRole("link", { name: "Create" }).first().click();
    assert.equal(await page.getByLabel("name").inputValue(), "eve");
});

test("wrong JSON is told with its position, and is not sent", async (test) => {
    const page = await open(test, server, "#/users.v1.Users/Create");
    const cases = {
        '{\n  "name": "bob",\n}': "line 3, column 1: expected a name in quotes, found `}`",
        '{"name": bob}': "line 1, column 10: expected a value, found `bob`",
        '{"name": "bob" "email": ""}': 'line 1, column 16: expected `,` or `}`, found `"email"`',
        '{"name": "bob': "line 1, column 10: expected a value, found a string that does not end or has a wrong escape",
        "[1, 2": "line 1, column 6: expected `,` or `]`, found the end",
        "{} {}": "line 1, column 4: expected the end, found `{`",
    };
    const alert = page.getByRole("alert");
    for (const [text, problem] of Object.entries(cases)) {
        await writeJson(page, text);
        assert.equal(await alert.innerText(), `Not JSON: ${problem}.`);
    }
    await page.getByRole("tab", { name: "Form" }).click();
    assert.equal(await page.getByRole("tab", { name: "JSON" }).getAttribute("aria-selected"), "true");
    await page.getByRole("button", { name: "Call" }).click();
    assert.equal(await page.getByRole("region", { name: "Outcome" }).getByRole("status").innerText(), "");
});

test("a server stream arrives message by message until it is stopped", async (test) => {
    const page = await signedIn(test, "#/users.v1.Users/Watch");
    await call(page, "Streaming…");
    const names = [newName(), newName(), newName()];
    for (const [index, name] of names.entries()) {
        // The stream begins when the server says so, which no page can see: so the first is repeated until it is told.
        const row = page.locator(".log li").nth(index);
        do {
            await page.evaluate(
                async (name) => {
                    const body = JSON.stringify({ name, email: "a@example.com", password: "babbage" });
                    await fetch("../users.v1.Users/Create", {
                        method: "POST",
                        headers: { "content-type": "application/json" },
                        body,
                    });
                },
                index === 0 ? newName() : name,
            );
        } while (index === 0 && !(await row.isVisible()));
        await row.waitFor();
    }
    await page.locator(".log").getByText(names[2]).waitFor();
    const last = page.locator(".log li").last();
    await last.locator("summary").click();
    assert.equal(JSON.parse(await last.locator("pre").innerText()).created.name, names[2]);
    if (process.env.SCREENSHOT) await page.screenshot({ path: process.env.SCREENSHOT });
    await page.getByRole("button", { name: "Stop" }).click();
    await told(page, "Stopped");
    assert.equal(await page.getByRole("button", { name: "Stop" }).count(), 0);
});

test("the line for curl makes the same call", async (test) => {
    const page = await open(test, server, "#/users.v1.Sessions/SignIn");
    await page.getByLabel("name").fill('it\'s "ada" \\ $(date)');
    await page.getByLabel("password").fill("byron");
    const region = page.getByRole("region", { name: "Same call elsewhere" });
    const refused = execFileSync("sh", ["-c", await region.locator("pre").innerText()], {
        encoding: "utf8",
        stdio: "pipe",
    });
    assert.equal(JSON.parse(refused).details[0].debug.code, 0);
    await page.getByLabel("name").fill("ada");
    await page.getByLabel("password").fill("lovelace");
    const answer = execFileSync("sh", ["-c", await region.locator("pre").innerText()], {
        encoding: "utf8",
        stdio: "pipe",
    });
    assert.equal(JSON.parse(answer).user.name, "ada");
});

test("dark where the system is", async (test) => {
    const ground = async (colorScheme) => {
        const page = await open(test, server, "#/users.v1.Users/Create", { colorScheme });
        const [back, front] = await page.evaluate(() => {
            const style = getComputedStyle(document.body);
            return [style.backgroundColor, style.color].map((color) => Math.max(...color.match(/\d+/g).map(Number)));
        });
        return back > front ? "light" : "dark";
    };
    assert.equal(await ground("light"), "light");
    assert.equal(await ground("dark"), "dark");
});

test("a narrow screen folds the navigation and does not scroll sideways", async (test) => {
    const page = await open(test, server, "#/users.v1.Users/Create", { viewport: { width: 375, height: 700 } });
    const navigation = page.getByRole("navigation");
    assert.equal(await navigation.isVisible(), false);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    await page.getByRole("button", { name: "Procedures" }).click();
    await navigation.getByRole("link", { name: "Ping" }).click();
    await page.getByRole("heading", { name: "Ping" }).waitFor();
    assert.equal(await navigation.isVisible(), false);
});
