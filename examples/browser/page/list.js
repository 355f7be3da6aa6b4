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
/** Their rows, by the same. */
const shown = new Map();
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

/** Brings the rows to the state of the list. A row stays the same element, so that it keeps the focus. */
function draw() {
    for (const [id, row] of shown) {
        if (things.has(id)) continue;
        row.remove();
        shown.delete(id);
    }
    for (const thing of things.values()) {
        if (!shown.has(thing.id)) shown.set(thing.id, added(thing));
        fill(shown.get(thing.id), thing);
    }
}

function added({ id, name: what }) {
    const row = template.content.cloneNode(true).firstElementChild;
    const remove = row.querySelector(".remove");
    row.querySelector(".name").textContent = what;
    row.querySelector(".bring").addEventListener("click", () => {
        const bring = things.get(id)?.broughtBy === undefined;
        return attempt(problem, () => remotes.things.bring({ id, bring }));
    });
    remove.setAttribute("aria-label", `Remove ${what}`);
    remove.addEventListener("click", () => attempt(problem, () => remotes.things.remove({ id })));
    rows.append(row);
    return row;
}

function fill(row, { broughtBy }) {
    const bring = row.querySelector(".bring");
    name(row.querySelector(".who"), broughtBy ?? "");
    // What another guest brings is theirs to change.
    bring.hidden = row.querySelector(".remove").hidden = guest === undefined || (broughtBy ?? guest) !== guest;
    bring.textContent = broughtBy === undefined ? "I bring it" : "Never mind";
}
