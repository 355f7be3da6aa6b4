// Calls of every kind that clients in JavaScript make over HTTP/2, of the server that has them all.

import { check, MS, shown, status } from "./calls.mjs";

const ENDED = "the end of the stream";
const REFUSED = "failed_precondition, code 77: the initializer failed";

/**
 * Makes calls of the four kinds, and some that fail.
 *
 * Beside the functions that `run` needs, a client has two more:
 * - `upload` sends requests as a stream and gives the answer as text;
 * - `converse` gives the `events` as an async iterator, and `send`, `close` and `cancel`.
 */
export async function shapes(client) {
    const options = { metadata: {}, ms: MS };
    const refused = { metadata: { "x-fail-initializer": "77" }, ms: MS };

    check("Shapes/Echo", '{"text":"Grüße"}', (await client.call("Shapes/Echo", { text: "Grüße" }, options)).answer);
    const { answer } = await client.call("Failures/Fail", { text: "formatted" }, options);
    check("Failures/Fail", 'not_found, code 2: no row 7 in "users" {}', answer);

    const count = client.watch("Shapes/Count", { from: 3, to: 6, failAt: 5 }, options).events;
    for (const expected of ['{"number":"3"}', '{"number":"4"}', 'not_found, code 2: no row 5 in "numbers" {}']) {
        check("Shapes/Count, a server's stream that fails", expected, await shown(client, count.next()));
    }

    const numbers = ["40", "-2", "4"].map((number) => ({ number }));
    const sum = (numbers, options) => client.upload("Shapes/Sum", numbers, options);
    check("Shapes/Sum, a client's stream", '{"number":"42"}', await sum(numbers, options));
    check("Shapes/Sum of no numbers", "{}", await sum([], options));
    check("Shapes/Sum that is refused", REFUSED, await sum(numbers, refused));

    await chats(client, options, refused);
    check("Shapes/Ping afterwards", "{}", (await client.call("Shapes/Ping", {}, options)).answer);
}

/** Streams both ways. */
async function chats(client, options, refused) {
    const chat = (options) => {
        const { events, ...rest } = client.converse("Shapes/Chat", options);
        return { ...rest, receive: () => shown(client, events.next()) };
    };
    // Each is answered before the next one is sent.
    const full = chat(options);
    for (const text of ["one", "two", "three"]) {
        full.send({ text });
        check("Shapes/Chat, full duplex", JSON.stringify({ text: text.toUpperCase() }), await full.receive());
    }
    full.close();
    check("Shapes/Chat, full duplex", ENDED, await full.receive());

    const half = chat(options);
    half.send({ text: "one" });
    half.send({ text: "two" });
    half.close();
    for (const expected of ['{"text":"ONE"}', '{"text":"TWO"}', ENDED]) {
        check("Shapes/Chat, half duplex", expected, await half.receive());
    }

    const never = chat(refused);
    never.send({ text: "one" });
    check("Shapes/Chat that is refused", REFUSED, await never.receive());

    const cancelled = chat(options);
    cancelled.send({ text: "one" });
    check("Shapes/Chat, to be cancelled", '{"text":"ONE"}', await cancelled.receive());
    cancelled.cancel();
    check("Shapes/Chat, cancelled", "canceled", status(await cancelled.receive()));
}
