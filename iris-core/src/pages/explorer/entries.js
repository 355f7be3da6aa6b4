// Repeated fields and maps: rows that people add and remove.

import { button, element, newId, textInput } from "./dom.js";
import { editor } from "./fields.js";
import { initial } from "./types.js";

/** Entries that are added, removed and moved. The messages of a stream are edited as such a list, too. */
export function list(types, type, value, changed, named) {
    const of = types.read(type.items);
    const entries = [];
    const told = () => {
        entries.forEach((entry, index) => (entry.index.textContent = String(index + 1)));
        changed(entries.length > 0 ? entries.map((entry) => entry.value) : undefined);
    };
    const rows = element("ol", { class: "entries" });
    const move = (entry, by) => {
        const from = entries.indexOf(entry);
        const to = from + by;
        if (to < 0 || to >= entries.length) return;
        entries.splice(to, 0, ...entries.splice(from, 1));
        rows.insertBefore(entry.row, entries[to + 1]?.row ?? null);
        told();
    };
    const remove = (entry) => {
        entries.splice(entries.indexOf(entry), 1);
        entry.row.remove();
        told();
        more.focus();
    };
    const add = (given) => {
        const index = element("span", { class: "index", id: newId() });
        const entry = { value: given, index };
        const edited = editor(types, of, given, (next) => ((entry.value = next), told()), {
            "aria-labelledby": index.id,
        });
        entry.row = element(
            "li",
            { role: "group", "aria-labelledby": index.id },
            index,
            element("div", { class: "body" }, edited),
            element(
                "div",
                { class: "tools" },
                button("↑", ({ target }) => (move(entry, -1), target.focus()), { "aria-label": "Move up" }),
                button("↓", ({ target }) => (move(entry, 1), target.focus()), { "aria-label": "Move down" }),
                button("×", () => remove(entry), { "aria-label": "Remove" }),
            ),
        );
        entries.push(entry);
        rows.append(entry.row);
        index.textContent = String(entries.length);
        return entry.row;
    };
    for (const given of value ?? []) add(given);
    const more = button(
        named.add ?? `Add ${of.label.slice(of.label.lastIndexOf(".") + 1)}`,
        () => {
            const row = add(initial(of));
            told();
            row.querySelector("input, select, textarea, button")?.focus();
        },
        { class: "small", id: named.id },
    );
    return [rows, more];
}

/** Rows of a key and a value. Keys are checked, since JSON writes each as a string. */
export function map(types, type, value, changed, named) {
    const of = types.read(type.additionalProperties);
    const keys = type.propertyNames ?? {};
    const entries = [];
    const rows = element("ul", { class: "entries" });
    const told = () => {
        for (const { key } of entries) {
            const twice = entries.filter((other) => other.key.value === key.value).length > 1;
            const wrong = keys.pattern && !new RegExp(keys.pattern).test(key.value);
            key.setCustomValidity(
                twice ? "This key is there twice." : wrong ? "This key has to be a whole number." : "",
            );
            key.title = key.validationMessage;
            key.setAttribute("aria-invalid", String(!key.validity.valid));
        }
        const pairs = entries.map((entry) => [entry.key.value, entry.value]);
        changed(pairs.length > 0 ? Object.fromEntries(pairs) : undefined);
    };
    const add = (name, given) => {
        const entry = { value: given };
        entry.key = keys.enum
            ? element(
                  "select",
                  { "aria-label": "Key" },
                  keys.enum.map((key) => element("option", {}, key)),
              )
            : textInput({ "aria-label": "Key", placeholder: "key" });
        entry.key.value = name;
        entry.key.addEventListener("input", told);
        const edited = editor(types, of, given, (next) => ((entry.value = next), told()), { "aria-label": "Value" });
        const remove = () => {
            entries.splice(entries.indexOf(entry), 1);
            row.remove();
            told();
            more.focus();
        };
        const tools = element("div", { class: "tools" }, button("×", remove, { "aria-label": "Remove" }));
        const row = element("li", { class: "pair" }, entry.key, element("div", { class: "body" }, edited), tools);
        entries.push(entry);
        rows.append(row);
        return entry;
    };
    for (const [name, given] of Object.entries(value ?? {})) add(name, given);
    const more = button(
        "Add entry",
        () => {
            const { key } = add(
                keys.enum?.find((name) => entries.every((entry) => entry.key.value !== name)) ?? "",
                initial(of),
            );
            told();
            key.focus();
        },
        { class: "small", id: named.id },
    );
    return [rows, more];
}
