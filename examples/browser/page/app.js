// The page: the list is there for everybody, the chat for those who have signed in.
//
// Read on in this order: remotes.js, door.js, list.js, chat.js, follow.js.

import { chat } from "./chat.js";
import { enter } from "./door.js";
import { name } from "./guests.js";
import { listFor, showList } from "./list.js";
import { ErrorCode, IrisError, remotes } from "./remotes.js";
import { words } from "./words.js";

const badge = document.querySelector("#guest");
const problem = document.querySelector("#door .problem");

/** Who is signed in: the cookie outlives the page, which cannot read it, and so asks the server. */
async function signedIn() {
    try {
        return (await remotes.sessions.whoAmI()).guest?.name;
    } catch (error) {
        problem.textContent = words(error);
        return undefined;
    }
}

/** What a guest does, until they sign out or the server knows them no longer. */
async function stay(guest) {
    const leave = new AbortController();
    name(badge.querySelector("b"), guest);
    badge.hidden = false;
    badge.querySelector("button").onclick = () => leave.abort();
    listFor(guest);
    try {
        await chat(leave.signal);
        await remotes.sessions.signOut();
    } catch (error) {
        const isForgotten = error instanceof IrisError && error.code === ErrorCode.IrisRejectedByFilter;
        problem.textContent = isForgotten ? "You are signed in no longer. Please sign in again." : words(error);
    } finally {
        // A WebSocket has the cookies of when it was opened: the next guest needs another.
        remotes.close();
        listFor(undefined);
        badge.hidden = true;
    }
}

listFor(undefined);
showList();
let guest = await signedIn();
for (;;) {
    await stay(guest ?? (await enter()));
    guest = undefined;
}
