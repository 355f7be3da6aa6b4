// The first page: what there is, and what can go wrong.

import { element } from "./dom.js";
import { STREAMS } from "./navigation.js";
import { inline, prose } from "./prose.js";

export function overview(contract) {
    return [
        element("h1", {}, contract.title),
        element("div", { class: "docs wide" }, prose(contract.docs)),
        contract.remotes.length === 0 && element("p", { class: "empty" }, "The contract has no remotes."),
        ...contract.remotes.map(remote),
        contract.codes.size > 0 && codes(contract.codes),
    ].filter(Boolean);
}

function remote({ name, docs, procedures }) {
    return element(
        "section",
        { class: "card" },
        element("h2", {}, name),
        element("div", { class: "docs" }, prose(docs)),
        element(
            "ul",
            { class: "procedures" },
            procedures.map((procedure) =>
                element(
                    "li",
                    {},
                    element(
                        "a",
                        { href: `#${procedure.path}`, class: procedure.deprecated ? "deprecated" : undefined },
                        procedure.name,
                    ),
                    element("span", { class: "docs" }, inline(procedure.summary)),
                    STREAMS[procedure.stream] && element("span", { class: "tag" }, STREAMS[procedure.stream].words),
                ),
            ),
        ),
    );
}

function codes(codes) {
    const rows = [...codes.values()].map(({ number, name, status, description = "", deprecated }) =>
        element(
            "tr",
            {},
            element("th", { scope: "row" }, String(number)),
            element("td", { class: deprecated ? "deprecated" : undefined }, name),
            element("td", {}, element("code", {}, status)),
            element("td", { class: "docs" }, prose(description)),
        ),
    );
    const head = ["Code", "Name", "Status", ""].map((title) => element("th", { scope: "col" }, title));
    return element(
        "section",
        { class: "card" },
        element("h2", {}, "Error codes"),
        element(
            "div",
            { class: "scroll" },
            element("table", {}, element("thead", {}, element("tr", {}, head)), element("tbody", {}, rows)),
        ),
    );
}

/** In place of a contract: what is wrong, and what to do. */
export function trouble(error, again) {
    const retry = element("button", { type: "button", class: "primary", onclick: again }, "Try again");
    if (!error.missing) {
        return [element("h1", {}, "The contract cannot be read"), element("p", {}, error.message), retry];
    }
    return [
        element("h1", {}, "This server has no contract"),
        element(
            "p",
            {},
            "The page reads remotes, procedures and their docs from the contract that the build wrote. Give it to the server:",
        ),
        element(
            "pre",
            { class: "json" },
            element("code", {}, "Iris::new(..)\n    .contract(messages::CONTRACT)\n    .add_remote(..)"),
        ),
        retry,
    ];
}
