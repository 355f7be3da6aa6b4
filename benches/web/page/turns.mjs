// What a page does to be measured: the same with each client, one piece of work again and again.

import { connect } from "client";

const TEXT = "x".repeat(64);
const MESSAGES = 1000;
const RECORDS = 10_000;

/** Each does something once, looks whether it is right, and gives how many of what is counted it was. */
const works = {
    async echo(feed) {
        const { text } = await feed.echo({ text: TEXT });
        check(text === TEXT, "another text came back");
        return 1;
    },
    async download(feed) {
        let count = 0;
        for await (const { text } of feed.download({ messages: MESSAGES, bytes: TEXT.length })) {
            check(text.length === TEXT.length, "a message has another text");
            count += 1;
        }
        check(count === MESSAGES, `${count} messages came`);
        return count;
    },
    async records(feed) {
        const { records } = await feed.records({ messages: RECORDS });
        const last = records.at(-1);
        check(records.length === RECORDS && last.durationMicros === 1717n * 9999n - 3n, "there are other records");
        return records.length;
    },
};

function check(holds, what) {
    if (!holds) throw new Error(what);
}

let feed;
let remembered;

/** Connects to the server. */
export function open(url) {
    feed = connect(url);
}

/** Works for so long, at several calls at once, and gives how much was done in how many milliseconds. */
export async function turn({ work, atOnce, milliseconds, inMemory }) {
    const network = globalThis.fetch;
    if (inMemory) globalThis.fetch = await fromMemory(works[work]);
    try {
        const begin = performance.now();
        let done = 0;
        const worker = async () => {
            while (performance.now() - begin < milliseconds) {
                const more = await works[work](feed);
                done += more;
            }
        };
        await Promise.all(Array.from({ length: atOnce }, worker));
        return { done, milliseconds: performance.now() - begin };
    } finally {
        globalThis.fetch = network;
    }
}

/** A `fetch` whose answer is that of the server, and comes from the page's memory. */
async function fromMemory(work) {
    if (!remembered) {
        const network = globalThis.fetch;
        globalThis.fetch = async (...request) => {
            const { status, headers, body } = await network(...request);
            remembered = { status, headers: [...headers], body: await new Response(body).arrayBuffer() };
            return answer();
        };
        try {
            await work(feed);
        } finally {
            globalThis.fetch = network;
        }
    }
    return async () => answer();
}

const answer = () => new Response(remembered.body, remembered);

/** What this client makes of the records, in a form that does not depend on it. */
export async function told() {
    const { records } = await feed.records({ messages: 100 });
    return JSON.stringify(records, (name, value) => {
        if (typeof value === "bigint") return String(value);
        if (value instanceof Uint8Array) return [...value];
        if (value === null || typeof value !== "object" || Array.isArray(value)) return value;
        // protobuf-es writes each message's type into it.
        const entries = Object.entries(value).filter(([name]) => name !== "$typeName");
        return Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)));
    });
}
