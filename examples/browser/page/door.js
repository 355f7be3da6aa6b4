// The door: signing in, and joining.

import { remotes } from "./remotes.js";
import { attempt } from "./words.js";

const section = document.querySelector("#door");
const form = section.querySelector("form");
const problem = section.querySelector(".problem");

/** Waits for somebody to come in, and gives the name. The server's answer sets the cookie that it knows them by. */
export async function enter() {
    section.hidden = false;
    const guest = await new Promise((entered) => {
        form.onsubmit = async (event) => {
            event.preventDefault();
            const credentials = { name: form.elements.name.value, password: form.elements.password.value };
            const isNew = event.submitter?.name === "join";
            await attempt(problem, async () => {
                const { sessions } = remotes;
                entered(isNew ? await sessions.join(credentials) : await sessions.signIn(credentials));
            });
        };
    });
    section.hidden = true;
    form.reset();
    return guest.name;
}
