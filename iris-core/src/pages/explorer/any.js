// google.protobuf.Any: a message that names its type.

import { element, newId, textInput } from "./dom.js";
import { editor } from "./fields.js";
import { fits } from "./types.js";

/** With the fields of the type that is named, where the contract has it; else with JSON. */
export function any(types, _, value, changed, named) {
    const names = newId();
    let { "@type": url = "", ...rest } = value ?? {};
    const body = element("div");
    const told = () => changed({ "@type": url, ...rest });
    const show = () => {
        const name = url.slice(url.lastIndexOf("/") + 1);
        const known = types.messages().includes(name);
        const type = known ? types.read({ $ref: `#/components/schemas/${name}` }) : { kind: "json" };
        // JSON may be anything, fields are an object.
        const set = (next) => ((rest = fits("message", next) ? { ...next } : {}), told());
        body.replaceChildren(...editor(types, type, rest, set, { "aria-label": "Fields as JSON" }));
    };
    const input = textInput({
        id: named.id,
        list: names,
        "aria-label": "@type",
        placeholder: "type.googleapis.com/…",
        class: "mono",
    });
    input.value = url;
    input.addEventListener("input", () => ((url = input.value), told()));
    input.addEventListener("change", show);
    const options = types.messages().map((name) => element("option", { value: `type.googleapis.com/${name}` }));
    show();
    return [
        element("div", { class: "heading" }, element("span", { class: "type" }, "@type")),
        input,
        element("datalist", { id: names }, options),
        body,
    ];
}
