// The page of examples/browser in Chromium. `EXAMPLE` is its program, `CHROMIUM` the browser's; with `SCREENSHOT` a
// picture of two people at the picnic is written there. playwright-core is looked for in NODE_PATH.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { add, comeIn, context, heard, knock, open, part, say, state, thing, told } from "./people.mjs";
import { picture } from "./picture.mjs";
import { Server } from "./server.mjs";
import { Wire } from "./wire.mjs";

assert.ok(process.env.EXAMPLE, "EXAMPLE is missing: the program of examples/browser");
const server = new Server(process.env.EXAMPLE);
before(() => server.start());
after(() => server.stop());

test("the page may do nothing but what it needs", async (test) => {
    // That it does nothing else every test sees: Chromium logs what breaks the policy.
    const page = await open(test, server.url);
    const policy = (await page.reload()).headers()["content-security-policy"];
    assert.match(policy, /^default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; /);
});

test("who is not signed in sees the list, and cannot change it", async (test) => {
    const page = await open(test, server.url);
    await thing(page, "Blanket").getByText("ada", { exact: true }).waitFor();
    await thing(page, "Lemonade").waitFor();
    assert.equal(await part(page, "What we bring").getByRole("button").count(), 0);
    assert.equal(await part(page, "Chat").count(), 0);
});

test("a wrong password and a name that is taken are told in words", async (test) => {
    const page = await open(test, server.url);
    await knock(page, "ada", "byron");
    await told(page, "Come in", "The name or the password is wrong.");
    await knock(page, "ada", "byron", "I am new here");
    await told(page, "Come in", "There is a guest of that name.");
    await knock(page, " ", "byron", "I am new here");
    await told(page, "Come in", "A name has 1 to 30 characters");
    assert.equal(await part(page, "Chat").count(), 0);
});

test("a sign-in outlives the page, and ends when the guest signs out", async (test) => {
    const people = await context(test);
    const page = await open(test, server.url, { context: people });
    await comeIn(page, "ada", "lovelace");
    const [cookie] = await people.cookies();
    assert.deepEqual([cookie.name, cookie.httpOnly, cookie.sameSite], ["picnic", true, "Strict"]);
    await page.reload();
    await state(page, "Chat", "live");
    assert.equal(await part(page, "Come in").count(), 0);

    const other = await open(test, server.url, { context: people });
    await state(other, "Chat", "live");
    await page.getByRole("button", { name: "Sign out" }).click();
    await part(page, "Come in").waitFor();
    assert.deepEqual(await people.cookies(), []);
    // The other window's chat was of the same session.
    await told(other, "Come in", "You are signed in no longer.");
});

test("what one guest does to the list others see at once", async (test) => {
    const ada = await open(test, server.url);
    const stranger = await open(test, server.url);
    await comeIn(ada, "ada", "lovelace");
    await add(ada, "Apple pie");
    await thing(stranger, "Apple pie").waitFor();
    await thing(ada, "Apple pie").getByRole("button", { name: "I bring it" }).click();
    await thing(stranger, "Apple pie").getByText("ada", { exact: true }).waitFor();

    await add(ada, "apple PIE");
    await told(ada, "What we bring", "That is on the list already.");
    await thing(ada, "Apple pie").getByRole("button", { name: "Never mind" }).click();
    await thing(stranger, "Apple pie").getByText("ada", { exact: true }).waitFor({ state: "detached" });
    await thing(ada, "Apple pie").getByRole("button", { name: "Remove Apple pie" }).click();
    await thing(stranger, "Apple pie").waitFor({ state: "detached" });
});

test("what another guest brings is theirs", async (test) => {
    const bob = await open(test, server.url);
    await comeIn(bob, "bob", "babbage", "I am new here");
    await thing(bob, "Blanket").getByText("ada", { exact: true }).waitFor();
    assert.equal(await thing(bob, "Blanket").getByRole("button").count(), 0);
    assert.equal(await thing(bob, "Lemonade").getByRole("button").count(), 2);
});

test("two guests chat", async (test) => {
    const ada = await open(test, server.url);
    const eve = await open(test, server.url);
    await comeIn(ada, "ada", "lovelace");
    await say(ada, "Is anybody there?");
    await heard(ada, "ada", "Is anybody there?");
    await comeIn(eve, "eve", "curie", "I am new here");
    await heard(eve, "ada", "Is anybody there?");
    await say(eve, "<b>I</b> am & will bring cake");
    await heard(ada, "eve", "<b>I</b> am & will bring cake");
    await say(ada, "Lovely");
    await heard(eve, "ada", "Lovely");
});

// What Chromium itself logs of connections that are lost.
const LOST = /net::ERR_(CONNECTION_(REFUSED|RESET|CLOSED)|EMPTY_RESPONSE|INCOMPLETE_CHUNKED_ENCODING)|^WebSocket connection to /;

test("streams are opened anew where the network was away, and remarks wait for that", async (test) => {
    const wire = await Wire.to(test, server.url);
    const ada = await open(test, wire.url, { expected: LOST });
    const bob = await open(test, server.url);
    await comeIn(ada, "ada", "lovelace");
    await comeIn(bob, "bob", "babbage");
    await say(ada, "I am on a train");
    await heard(bob, "ada", "I am on a train");
    wire.cut();
    await state(ada, "What we bring", "reconnecting");
    await state(ada, "Chat", "reconnecting");
    await say(ada, "That was a tunnel");
    await add(ada, "Tickets");
    await told(ada, "What we bring", "The server cannot be reached.");
    await say(bob, "Where are you?");
    await add(bob, "Umbrella");
    await wire.mend();
    await state(ada, "Chat", "live");
    await heard(ada, "bob", "Where are you?");
    await heard(bob, "ada", "That was a tunnel");
    await state(ada, "What we bring", "live");
    await thing(ada, "Umbrella").waitFor();
    // Strictly one: nothing was said twice.
    await heard(ada, "ada", "That was a tunnel");
    assert.equal(await thing(bob, "Tickets").count(), 0);
    await thing(ada, "Umbrella").getByRole("button", { name: "Remove Umbrella" }).click();
});

test("the page comes back by itself when the server does", async (test) => {
    const page = await open(test, server.url, { expected: LOST });
    await comeIn(page, "ada", "lovelace");
    await add(page, "Umbrella");
    await thing(page, "Umbrella").waitFor();
    await server.stop();
    await state(page, "What we bring", "reconnecting");
    await state(page, "Chat", "reconnecting");
    await server.start();
    await state(page, "What we bring", "live");
    // It keeps all in memory, and so has forgotten the umbrella, and who was signed in.
    await thing(page, "Umbrella").waitFor({ state: "detached" });
    await told(page, "Come in", "You are signed in no longer.");
    await comeIn(page, "ada", "lovelace");
});

test("dark where the system is", async (test) => {
    const ground = async (colorScheme) => {
        const page = await open(test, server.url, { colorScheme });
        const [back, front] = await page.evaluate(() => {
            const style = getComputedStyle(document.body);
            return [style.backgroundColor, style.color].map((color) => Math.max(...color.match(/\d+/g).map(Number)));
        });
        return back > front ? "light" : "dark";
    };
    assert.equal(await ground("light"), "light");
    assert.equal(await ground("dark"), "dark");
});

test("a phone does not scroll sideways", async (test) => {
    const page = await open(test, server.url, { viewport: { width: 320, height: 640 } });
    await comeIn(page, "ada", "lovelace");
    await add(page, "W".repeat(60));
    await thing(page, "WWW").waitFor();
    await say(page, "W".repeat(200));
    await heard(page, "ada", "WWW");
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    await thing(page, "WWW").getByRole("button", { name: /^Remove/ }).click();
});

if (process.env.SCREENSHOT) {
    test("two people at a picnic", async (test) => {
        // As it is at first.
        await server.stop();
        await server.start();
        await picture(test, server.url, process.env.SCREENSHOT);
    });
}
