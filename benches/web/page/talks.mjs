// What a page does to be measured that calls one way or the other.

import { connect } from "client";

const TEXT = "x".repeat(64);
const MESSAGES = 100;

/** Each does something once, looks whether it is right, and gives how many of what is counted it was. */
const works = {
    async echo(talk) {
        const { text } = await talk.echo({ text: TEXT });
        check(text === TEXT, "another text came back");
        return 1;
    },
    /** A stream both ways, in which each message is sent once the one before it was answered. */
    async chat(talk) {
        let answered = () => {};
        async function* texts() {
            for (let count = 0; count < MESSAGES; count += 1) {
                const answer = new Promise((resolve) => (answered = resolve));
                yield { text: TEXT };
                await answer;
            }
        }
        let count = 0;
        for await (const { text } of talk.chat(texts())) {
            check(text === TEXT, "another text came back");
            count += 1;
            answered();
        }
        check(count === MESSAGES, `${count} messages came`);
        return count;
    },
};

function check(holds, what) {
    if (!holds) throw new Error(what);
}

let talk;

/** Connects to the server. */
export function open(url) {
    talk = connect(url);
}

/** Works for so long, at several calls at once, and gives how much was done in how many milliseconds. */
export async function turn({ work, atOnce, milliseconds }) {
    const begin = performance.now();
    let done = 0;
    const worker = async () => {
        while (performance.now() - begin < milliseconds) {
            const more = await works[work](talk);
            done += more;
        }
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
    return { done, milliseconds: performance.now() - begin };
}
