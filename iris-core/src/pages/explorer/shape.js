// How a message looks: its fields with their types and docs.

import { element } from "./dom.js";
import { inline } from "./prose.js";

/** The fields of a message type. Those of others are filled in when somebody opens them: types may be recursive. */
export function shape(types, type) {
    const names = Object.keys(type.properties ?? {});
    if (type.kind !== "message" || names.length === 0) {
        return element("p", { class: "hint" }, type.kind === "message" ? "A message without fields." : type.label);
    }
    return element(
        "ul",
        { class: "shape" },
        names.map((name) => field(types, name, types.read(type.properties[name]))),
    );
}

function field(types, name, type) {
    const line = [
        element("span", { class: type.deprecated ? "name deprecated" : "name" }, name),
        element("span", { class: "type" }, type.label),
        type.description && element("span", { class: "docs" }, inline(type.description.split("\n")[0])),
    ];
    const of = { list: type.items, map: type.additionalProperties }[type.kind];
    const held = of ? types.read(of) : type;
    if (held.kind !== "message" || !held.properties) return element("li", {}, line);
    const details = element("details", {}, element("summary", {}, line));
    details.addEventListener("toggle", () => details.append(shape(types, held)), { once: true });
    return element("li", {}, details);
}
