// The calls of the quickstart server that every client in JavaScript makes, and what must come of them. Each prints what was called and what came
// back; one that got something else than it should prints both and makes the exit status 1.

const ADA = { name: "ada", password: "lovelace" };
const BOB = { name: "bob", email: "bob@example.com", password: "secret" };
const CREATED = '{"id":"2","name":"bob","email":"bob@example.com"}';

// Long enough for every call that is answered.
export const MS = 30_000;

/**
 * Signs in, creates, watches, deletes, and does each of them wrongly as well.
 *
 * A client has two functions, which take a procedure, its request as JSON, and `metadata` and `ms` of the call:
 * - `call` gives the `answer` as text and the `cookie` that was set;
 * - `watch` gives the `events` as an async iterator, `opened` when headers are there, and `cancel`.
 *
 * @param deadline the metadata that tell a server of a deadline of 50 ms, without the client knowing of one
 */
export async function run(client, deadline) {
    const call = async (procedure, request, metadata = {}) =>
        (await client.call(procedure, request, { metadata, ms: MS })).answer;

    check(
        "Users/Ping without a session",
        "permission_denied, code 920: rejected by filter `signed_in`",
        await call("Users/Ping", {}),
    );
    check(
        "Sessions/SignIn with a wrong password",
        "unauthenticated, code 0: The name or the password is wrong.",
        await call("Sessions/SignIn", { ...ADA, password: "byron" }),
    );
    const signedIn = await client.call("Sessions/SignIn", ADA, { metadata: {}, ms: MS });
    check("Sessions/SignIn", '{"user":{"id":"1","name":"ada","admin":true}}', signedIn.answer);
    const known = { cookie: signedIn.cookie };
    // Whether the cookie came back shows here.
    check("Users/Ping", "{}", await call("Users/Ping", {}, known));

    const events = await watch(client, { metadata: known });
    check("Users/Create", `{"user":${CREATED}}`, await call("Users/Create", BOB, known));
    check(
        "Users/Create with a wrong e-mail address",
        'invalid_argument, code 1: no @ in "nowhere"',
        await call("Users/Create", { name: "eve", email: "nowhere" }, known),
    );
    check("Users/Watch, first event", `{"created":${CREATED}}`, await events.next());
    check("Users/Delete", "{}", await call("Users/Delete", { id: "2" }, known));
    check("Users/Watch, second event", '{"deleted":"2"}', await events.next());
    events.cancel();
    check("Users/Watch, cancelled", "canceled", status(await events.next()));

    const bounded = await watch(client, { metadata: known, ms: 50 });
    check("Users/Watch with a deadline", "deadline_exceeded", status(await bounded.next()));
    const told = await watch(client, { metadata: { ...known, ...deadline } });
    check(
        "Users/Watch with a deadline that the server keeps",
        "deadline_exceeded, code 900",
        (await told.next()).split(":")[0],
    );
    check("Users/Ping afterwards", "{}", await call("Users/Ping", {}, known));
}

/** Starts `Users/Watch`; done when the server watches. */
async function watch(client, options) {
    const { events, opened, cancel } = client.watch("Users/Watch", {}, options);
    // Asked for before it is awaited: asking is what starts the call.
    let first = events.next();
    // One that fails has no headers to wait for; its first event then tells.
    await Promise.race([opened, first.catch(() => {})]);
    const next = () => {
        const event = first ?? events.next();
        first = undefined;
        return shown(client, event);
    };
    return { next, cancel };
}

/** An event of a stream as text, or what ended it. */
export async function shown(client, event) {
    try {
        const { done, value } = await event;
        return done ? "the end of the stream" : JSON.stringify(value);
    } catch (error) {
        return client.failure(error);
    }
}

/** A failure without what a client adds in its own words. */
export function status(answer) {
    return answer.split(/[,:]/)[0];
}

/** Prints a check; the exit status tells whether one failed. */
export function check(called, expected, got) {
    if (expected === got) {
        console.log(`  ok      ${called.padEnd(48)} ${got}`);
        return;
    }
    process.exitCode = 1;
    console.log(`  FAILED  ${called}\n    expected ${expected}\n    got      ${got}`);
}
