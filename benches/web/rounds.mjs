// All turns of all clients.

import { CLIENTS, PEERS } from "./clients.mjs";
import { Page, site } from "./browser.mjs";
import { Browser } from "./devtools.mjs";
import { serving } from "./server.mjs";
import { settings } from "./settings.mjs";
import { WAYS } from "./ways.mjs";

const ALL = [...CLIENTS, ...WAYS];

/** Measures every row; gives the turns of each client and of each way, and the browser's version. */
export async function measured() {
    const pages = await site(ALL);
    const server = await serving(pages.origin);
    const browser = await Browser.launch();
    try {
        const opened = [];
        for (const index of ALL.keys()) opened.push(await Page.open(browser, pages.origin, index, server.url));
        await agree(opened);
        const rows = [];
        for (const row of settings.rows) rows.push({ row, clients: await turns(row, CLIENTS, opened) });
        const ways = [];
        for (const row of settings.ways) ways.push({ row, clients: await turns(row, WAYS, opened) });
        return { rows, ways, version: await browser.version() };
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
async function turns({ work, instead, atOnce, inMemory }, clients, opened) {
    const able = clients
        .filter(({ isFloor }) => !isFloor || work === "echo")
        .map((client) => ({
            name: client.name,
            isFloor: client.isFloor,
            work: (client.streams ?? true) ? work : (instead ?? work),
            page: opened[ALL.indexOf(client)],
            turns: [],
        }));
    const turn = ({ page, work }) => page.turn({ work, atOnce, inMemory, milliseconds: settings.seconds * 1000 });
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
