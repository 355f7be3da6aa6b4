// The picture for the docs: two people at the picnic, one by day and one by night with a phone.

import { add, comeIn, context, heard, open, say, thing } from "./people.mjs";

const HEIGHT = 560;

/** Lets two people talk, and writes a picture of what both see. */
export async function picture(test, url, path) {
    const ada = await open(test, url, { viewport: { width: 840, height: HEIGHT }, colorScheme: "light" });
    const bob = await open(test, url, { viewport: { width: 360, height: HEIGHT }, colorScheme: "dark" });
    await comeIn(ada, "ada", "lovelace");
    await comeIn(bob, "bob", "babbage", "I am new here");
    await add(bob, "Apple pie");
    await thing(bob, "Apple pie").getByRole("button", { name: "I bring it" }).click();
    await thing(ada, "Apple pie").getByText("bob", { exact: true }).waitFor();
    for (const [guest, page, text] of [
        ["ada", ada, "Sunday it is. I have the blanket."],
        ["bob", bob, "Wonderful! I bake an apple pie."],
        ["ada", ada, "Who has strawberries?"],
    ]) {
        await say(page, text);
        for (const listener of [ada, bob]) await heard(listener, guest, text);
    }
    await Promise.all([ada, bob].map((page) => page.evaluate(() => document.activeElement?.blur())));
    await bob.evaluate(() => scrollTo(0, document.body.scrollHeight));
    const shots = await Promise.all([ada, bob].map((page) => page.screenshot()));
    await beside(test, shots, path);
}

/** Writes a picture of pictures, side by side. */
async function beside(test, shots, path) {
    const page = await (await context(test, { viewport: { width: 1244, height: HEIGHT + 28 } })).newPage();
    const images = shots.map((shot) => `<img src="data:image/png;base64,${shot.toString("base64")}">`);
    const style = "body { margin: 14px; display: flex; gap: 16px; background: #d9d4cb } img { border-radius: 12px }";
    await page.setContent(`<!doctype html><style>${style}</style>${images.join("")}`);
    await page.screenshot({ path });
}
