// The form of a message: its fields, and what holds other values. An editor is given a value and tells of each new
// one; it keeps its own nodes, so that typing never loses its place. Messages are made when somebody adds them, since
// their types may be recursive.

import { any } from "./any.js";
import { button, element, newId, unseen } from "./dom.js";
import { list, map } from "./entries.js";
import { prose } from "./prose.js";
import { json, scalar } from "./scalars.js";
import { fits, initial } from "./types.js";

const HOLDERS = { message, list, map, any };

/** The nodes that edit a value of a type. For `named` and `needed` see [scalar]. */
export function editor(types, type, value, changed, named, needed = true) {
    if (!fits(type.kind, value)) return json(value, changed, named, needed);
    const holder = HOLDERS[type.kind];
    return holder
        ? holder(types, type, value ?? undefined, changed, named)
        : scalar(type, value, changed, named, needed);
}

/** Fields in the order of the schema. What the schema does not know is kept: the other end may be newer. */
function message(types, type, value, changed) {
    let current = { ...value };
    const names = Object.keys(type.properties ?? {});
    const set = (name, next) => {
        current = { ...current, [name]: next };
        const order = [...names.filter((known) => known in current), ...Object.keys(current)];
        current = Object.fromEntries(
            order.filter((key) => current[key] !== undefined).map((key) => [key, current[key]]),
        );
        changed(current);
    };
    const oneofs = Object.entries(type["x-iris-oneofs"] ?? {});
    const rows = names.flatMap((name) => {
        const oneof = oneofs.find(([, members]) => members.includes(name));
        if (!oneof) {
            const field = { ...types.read(type.properties[name]), isRequired: type.required?.includes(name) };
            return [fieldRow(types, name, field, current[name], (next) => set(name, next))];
        }
        return oneof[1][0] === name ? [oneofRow(types, type, oneof, current, set)] : [];
    });
    if (rows.length === 0) rows.push(element("p", { class: "hint" }, "This message has no fields."));
    return [element("div", { class: "fields" }, rows)];
}

/** A field with its name, type, docs and editor. One with presence is added and removed. */
function fieldRow(types, name, type, value, changed) {
    const id = newId();
    const row = element("div", { class: "field", ...grouped(type, name) });
    const optional = type.presence && type.kind !== "bool" && type.kind !== "enum";
    const isNull = value === null && type.kind !== "json" && type.kind !== "null";
    const show = (given) => {
        const set = given !== undefined || !optional;
        const nodes = set ? editor(types, type, given, changed, { id }, optional) : [];
        row.replaceChildren(heading(name, type, id, optional && toggle(set)), ...nested(type, nodes, name));
    };
    const toggle = (set) => {
        const word = set ? "Remove" : "Add";
        const onclick = () => {
            const next = set ? undefined : initial(type);
            changed(next);
            show(next);
            row.querySelector(":is(input, select, textarea, button):not([tabindex='-1'])")?.focus();
        };
        return button(word, onclick, { class: "small", "aria-label": `${word} ${name}` });
    };
    show(isNull ? undefined : value);
    return row;
}

/** One input has its label; several are a group. */
function grouped(type, name) {
    return HOLDERS[type.kind] ? { role: "group", "aria-label": name } : {};
}

function heading(name, type, id, toggle) {
    const single = !HOLDERS[type.kind] && type.kind !== "null";
    return element(
        "div",
        { class: "heading" },
        element(
            single ? "label" : "span",
            { class: type.deprecated ? "name deprecated" : "name", for: single && id },
            name,
        ),
        element("span", { class: "type" }, single && type.presence ? `optional ${type.label}` : type.label),
        type.isRequired && element("span", { class: "tag" }, "required"),
        type.deprecated && element("span", { class: "tag" }, "deprecated"),
        toggle,
        type.description && element("div", { class: "docs" }, prose(type.description)),
    );
}

/** What holds other fields is folded with its own. */
function nested(type, nodes, name) {
    if (!["message", "any"].includes(type.kind) || nodes.length === 0) return nodes;
    return [
        element(
            "details",
            { class: "nested", open: true },
            element("summary", {}, "fields", unseen(` of ${name}`)),
            nodes,
        ),
    ];
}

/** At most one of several fields. */
function oneofRow(types, type, [oneof, members], value, set) {
    const id = newId();
    const body = element("div", { class: "nested" });
    const show = (chosen, given) => {
        if (chosen === "") return body.replaceChildren();
        const field = types.read(type.properties[chosen]);
        const inner = newId();
        const row = element("div", { class: "field", ...grouped(field, chosen) });
        row.append(
            heading(chosen, field, inner),
            ...editor(types, field, given, (next) => set(chosen, next), { id: inner }),
        );
        body.replaceChildren(row);
    };
    const select = element(
        "select",
        {
            id,
            onchange: () => {
                for (const member of members) if (member !== select.value) set(member, undefined);
                const first = select.value && initial(types.read(type.properties[select.value]));
                if (select.value) set(select.value, first);
                show(select.value, first);
            },
        },
        element("option", { value: "" }, "none"),
        members.map((member) => element("option", {}, member)),
    );
    // JSON may have two, which the server refuses; the last one is shown.
    select.value = members.findLast((member) => (value[member] ?? undefined) !== undefined) ?? "";
    show(select.value, value[select.value]);
    const label = element("label", { class: "name", for: id }, oneof);
    const row = element("div", { class: "field" });
    row.append(element("div", { class: "heading" }, label, element("span", { class: "type" }, "one of")), select, body);
    return row;
}
