// The chat: one call that sends a stream and reads one.

import { follow } from "./follow.js";
import { name } from "./guests.js";
import { Outbox } from "./outbox.js";
import { remotes } from "./remotes.js";

const section = document.querySelector("#chat");
const lines = section.querySelector("ol");
const form = section.querySelector("form");
const template = document.querySelector("#remark");

/** As many lines are kept as the server keeps. */
const LINES = 50;

/** Chats until the signal is aborted. Fails where the server refuses it, as it does to who is not signed in. */
export async function chat(signal) {
    const outbox = new Outbox();
    const say = (event) => {
        event.preventDefault();
        const text = form.elements.text.value.trim();
        // What is sent again, since the connection broke off, the server knows by the id.
        if (text) outbox.put({ id: Math.random().toString(36).slice(2), text });
        form.reset();
    };
    form.addEventListener("submit", say, { signal });
    section.hidden = false;
    try {
        await follow({
            open: (signal) => remotes.chat.talk(outbox.messages(), { signal }),
            read: (message) => heard(message, outbox),
            element: section.querySelector(".state"),
            signal,
        });
    } finally {
        section.hidden = true;
        lines.replaceChildren();
    }
}

function heard({ heard }, outbox) {
    switch (heard?.case) {
        case "recent":
            lines.replaceChildren(...heard.value.lines.map(line));
            for (const { id } of heard.value.lines) outbox.arrived(id);
            break;
        case "line":
            lines.append(line(heard.value));
            while (lines.children.length > LINES) lines.firstElementChild.remove();
            outbox.arrived(heard.value.id);
            break;
    }
    lines.scrollTop = lines.scrollHeight;
}

function line({ guest, text, at }) {
    const line = template.content.cloneNode(true).firstElementChild;
    const time = line.querySelector("time");
    // Integers of 64 bits are of type bigint.
    const date = new Date(Number(at));
    name(line.querySelector("b"), guest);
    time.dateTime = date.toISOString();
    time.textContent = date.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
    line.querySelector("p").textContent = text;
    return line;
}
