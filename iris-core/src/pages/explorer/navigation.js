// The remotes and procedures, to choose from.

import { isDeprecated } from "./contract.js";
import { element, textInput, unseen } from "./dom.js";

export const STREAMS = {
    client: { sign: "↑", words: "client stream" },
    server: { sign: "↓", words: "server stream" },
    bidirectional: { sign: "↑↓", words: "bidirectional stream" },
};

/** Fills the navigation. Gives a function that marks the procedure that is shown. */
export function navigation(contract, into) {
    const filter = textInput({ type: "search", placeholder: "Filter  /", "aria-label": "Filter procedures" });
    const found = element("p", { class: "hint", role: "status" });
    const groups = contract.remotes.map((remote) => ({ node: group(remote), links: [] }));
    for (const one of groups) one.links = [...one.node.querySelectorAll("a")];
    const all = groups.flatMap((one) => one.links);
    const procedures = contract.remotes.flatMap((remote) => remote.procedures);

    filter.addEventListener("input", () => {
        const words = filter.value.toLowerCase().split(/\s+/);
        all.forEach((link, index) => {
            const { path, docs } = procedures[index];
            const text = `${path}\n${docs}`.toLowerCase();
            link.parentElement.hidden = !words.every((word) => text.includes(word));
        });
        for (const { node, links } of groups) {
            node.hidden = filter.value.trim() !== "" && links.every((link) => link.parentElement.hidden);
            if (filter.value) node.open = true;
        }
        const left = all.filter((link) => !link.parentElement.hidden).length;
        found.textContent =
            filter.value.trim() === "" ? "" : left === 0 ? "Nothing has these words." : `${left} of ${all.length}`;
    });

    // Arrows walk what is visible; Tab still does what it always does.
    const stops = () => [filter, ...into.querySelectorAll("summary, a")].filter((node) => node.checkVisibility());
    into.addEventListener("keydown", (event) => {
        if (event.key === "Enter" && event.target === filter)
            stops()
                .find((node) => node.href)
                ?.click();
        if (event.key === "Escape" && event.target === filter) {
            filter.value = "";
            filter.dispatchEvent(new Event("input"));
        }
        const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
        if (!by) return;
        event.preventDefault();
        const list = stops();
        list[list.indexOf(document.activeElement) + by]?.focus();
    });
    document.addEventListener("keydown", (event) => {
        if (event.key !== "/" || event.target.matches("input, select, textarea")) return;
        event.preventDefault();
        filter.focus();
    });

    into.replaceChildren(filter, found, ...groups.map((one) => one.node));
    return (path) => {
        for (const link of all) {
            const here = link.hash === `#${path}`;
            if (here) {
                link.setAttribute("aria-current", "page");
                link.closest("details").open = true;
                link.scrollIntoView({ block: "nearest" });
            } else link.removeAttribute("aria-current");
        }
    };
}

function group(remote) {
    const at = remote.name.lastIndexOf(".") + 1;
    return element(
        "details",
        { open: true },
        element(
            "summary",
            { class: isDeprecated(remote) ? "deprecated" : undefined },
            remote.name.slice(at),
            element("span", { class: "package" }, remote.name.slice(0, Math.max(at - 1, 0))),
        ),
        element(
            "ul",
            {},
            remote.procedures.map((procedure) => element("li", {}, link(procedure))),
        ),
    );
}

function link(procedure) {
    const stream = STREAMS[procedure.stream];
    return element(
        "a",
        { href: `#${procedure.path}`, class: procedure.deprecated ? "deprecated" : undefined },
        element("span", {}, procedure.name),
        stream &&
            element(
                "span",
                { class: "sign", title: stream.words },
                element("span", { "aria-hidden": "true" }, stream.sign),
                unseen(stream.words),
            ),
        procedure.deprecated && unseen("deprecated"),
    );
}
