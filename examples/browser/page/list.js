// The list: what is on it comes by a unary call, what happens to it by a stream.

import { follow } from "./follow.js";
import { name } from "./guests.js";
import { remotes } from "./remotes.js";
import { attempt } from "./words.js";

const section = document.querySelector("#list");
const rows = section.querySelector("ul");
const form = section.querySelector("form");
const problem = section.querySelector(".problem");
const template = document.querySelector("#thing");

/** What is on the list, by the ids. */
const things = new Map();
/** The name of who is signed in, if anybody is. */
let guest;

/** Shows the list, and what happens to it, for as long as the page is there. */
export function showList() {
    form.addEventListener("submit", add);
    const watching = {
        open: (signal) => remotes.things.watch({ signal }),
        read: changed,
        element: section.querySelector(".state"),
        signal: new AbortController().signal,
    };
    return attempt(problem, () => follow(watching));
}

/** Says who looks at the list: guests may change it. */
export function listFor(name) {
    guest = name;
    form.hidden = guest === undefined;
    section.querySelector(".hint").hidden = guest !== undefined;
    problem.textContent = "";
    draw();
}

async function changed({ change }) {
    switch (change?.case) {
        case "watching": {
            // From here on the stream misses nothing. What happens while the list is on its way waits in the stream.
            const { things: all } = await remotes.things.list();
            things.clear();
            for (const thing of all) things.set(thing.id, thing);
            break;
        }
        case "put":
            things.set(change.value.id, change.value);
            break;
        case "removed":
            things.delete(change.value);
            break;
    }
    draw();
}

async function add(event) {
    event.preventDefault();
    const done = await attempt(problem, () => remotes.things.add({ name: form.elements.name.value }));
    if (done) form.reset();
}

function draw() {
    rows.replaceChildren(...[...things.values()].map(row));
}

function row({ id, name: what, broughtBy }) {
    const row = template.content.cloneNode(true).firstElementChild;
    const who = row.querySelector(".who");
    const bring = row.querySelector(".bring");
    const remove = row.querySelector(".remove");
    row.querySelector(".name").textContent = what;
    if (broughtBy !== undefined) name(who, broughtBy);
    // What another guest brings is theirs to change.
    bring.hidden = remove.hidden = guest === undefined || (broughtBy ?? guest) !== guest;
    bring.textContent = broughtBy === undefined ? "I bring it" : "Never mind";
    bring.addEventListener("click", () =>
        attempt(problem, () => remotes.things.bring({ id, bring: broughtBy === undefined })),
    );
    remove.setAttribute("aria-label", `Remove ${what}`);
    remove.addEventListener("click", () => attempt(problem, () => remotes.things.remove({ id })));
    return row;
}
