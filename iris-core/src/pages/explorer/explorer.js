// The explorer page: reads the contract and shows what the address names, `#/package.Remote/Method`.

import { load } from "./contract.js";
import { element } from "./dom.js";
import { navigation } from "./navigation.js";
import { overview, trouble } from "./overview.js";
import { procedure } from "./procedure.js";

// This file is at {prefix}/-/explorer/explorer.js, and procedures are below {prefix}/.
const ROOT = new URL("../../", import.meta.url);

const page = document.getElementById("page");
const menu = document.getElementById("menu");
const side = document.getElementById("navigation");
let shown;

async function start() {
    let contract;
    try {
        contract = await load(new URL("-/openapi.json", ROOT).href);
    } catch (error) {
        page.replaceChildren(...trouble(error, start));
        return;
    }
    document.getElementById("packages").textContent = contract.title;
    const mark = navigation(contract, side);
    const show = () => {
        const path = location.hash.slice(1);
        shown?.leave();
        shown = undefined;
        const found = contract.remotes.flatMap((remote) => remote.procedures).find((one) => one.path === path);
        if (found) {
            shown = procedure(contract, found, ROOT);
            page.replaceChildren(...shown.nodes);
        } else if (path === "" || path === "/") {
            page.replaceChildren(...overview(contract));
        } else {
            page.replaceChildren(
                element("h1", {}, "No such procedure"),
                element("p", {}, "The contract has no ", element("code", {}, path), "."),
            );
        }
        document.title = found ? `${found.name} · ${found.remote.name}` : "Iris explorer";
        mark(path);
        fold(true);
        scrollTo(0, 0);
    };
    show();
    addEventListener("hashchange", () => {
        show();
        page.focus({ preventScroll: true });
    });
}

/** On narrow screens the navigation is folded. */
function fold(folded) {
    menu.setAttribute("aria-expanded", String(!folded));
    side.classList.toggle("open", !folded);
}

menu.addEventListener("click", () => fold(menu.getAttribute("aria-expanded") === "true"));
document.querySelector(".skip").addEventListener("click", (event) => {
    // The address names the procedure, so that it is not to be changed.
    event.preventDefault();
    page.focus();
});
document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    shown?.call();
});

start();
