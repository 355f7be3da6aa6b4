// All turns of all clients.

import { CLIENTS, PEERS } from "./clients.mjs";
import { Page, site } from "./browser.mjs";
import { Browser } from "./devtools.mjs";
import { serving } from "./server.mjs";
import { settings } from "./settings.mjs";

/** Measures every row; gives the turns of each client, and the browser's version. */
export async function measured() {
    const pages = await site(CLIENTS);
    const server = await serving(pages.origin);
    const browser = await Browser.launch();
    try {
        const opened = [];
        for (const index of CLIENTS.keys()) opened.push(await Page.open(browser, pages.origin, index, server.url));
        await agree(opened);
        const rows = [];
        for (const row of settings.rows) rows.push({ row, clients: await turns(row, opened) });
        return { rows, version: await browser.version() };
    } finally {
        await browser.close();
        server.close();
        pages.close();
    }
}

/** All clients are to read the same out of an answer. */
async function agree(opened) {
    const told = await Promise.all(PEERS.map((peer) => opened[CLIENTS.indexOf(peer)].told()));
    for (const [index, text] of told.entries()) {
        if (text !== told[0]) throw new Error(`${PEERS[index].name} reads other records than ${PEERS[0].name}`);
    }
}

/** The turns of each client that can do this, a round after the other. */
async function turns({ work, atOnce, inMemory }, opened) {
    const clients = CLIENTS.map((client, index) => ({ name: client.name, isFloor: client.isFloor, page: opened[index], turns: [] }));
    const able = clients.filter(({ isFloor }) => !isFloor || work === "echo");
    const turn = ({ page }) => page.turn({ work, atOnce, inMemory, milliseconds: settings.seconds * 1000 });
    // Code is compiled, connections are opened, and the preflight is answered before anything counts.
    for (const client of able) await turn(client);
    for (let round = 0; round < settings.rounds; round += 1) {
        // Another begins each round.
        for (let place = 0; place < able.length; place += 1) {
            const client = able[(round + place) % able.length];
            client.turns.push(await turn(client));
        }
    }
    return able;
}
