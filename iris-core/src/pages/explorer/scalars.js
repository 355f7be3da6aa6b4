// Inputs for values that are one word in JSON. Each tells what is wrong with what was typed, under itself; what is
// wrong still reaches the JSON, where a person sees it.

import { button, element, newId, textInput } from "./dom.js";
import { parse, pretty } from "./json.js";

const RANGES = {
    int32: [-(2n ** 31n), 2n ** 31n - 1n],
    uint32: [0n, 2n ** 32n - 1n],
    int64: [-(2n ** 63n), 2n ** 63n - 1n],
    uint64: [0n, 2n ** 64n - 1n],
};

/**
 * The nodes for a value of a scalar type. `named` holds the attributes that give the input its name; where a value
 * is `needed`, an empty input is no way to leave it out. `changed` gets each new value, `undefined` for left out.
 */
export function scalar(type, value, changed, named, needed) {
    switch (type.kind) {
        case "bool":
            return bool(type, value, changed, named, needed);
        case "enum":
            return choice(type, value, changed, named, needed);
        case "int32":
        case "uint32":
        case "int64":
        case "uint64":
            return typed(value, (text) => whole(type.kind, text), changed, named, needed, { inputmode: "numeric" });
        case "float":
            return typed(value, real, changed, named, needed, { inputmode: "decimal" });
        case "bytes":
            return bytes(value, changed, named, needed);
        case "timestamp":
            return timestamp(value, changed, named, needed);
        case "duration":
            return duration(value, changed, named, needed);
        case "null":
            return [element("p", { class: "hint" }, element("code", {}, "null"), " is the only value.")];
        case "json":
            return json(value, changed, named, needed);
        default:
            return typed(value, (text) => ({ value: text }), changed, named, needed, {
                placeholder: type.examples?.[0],
            });
    }
}

/** A text input. `read` makes a value of text: `{ value, problem }`. */
function typed(value, read, changed, named, needed, attributes = {}) {
    const { tag = "input", ...rest } = attributes;
    // An input would take the line breaks out of a text that has some.
    const area = tag === "textarea" || /\n/.test(value);
    const problem = element("p", { class: "problem", id: newId() });
    const all = { "aria-describedby": problem.id, ...named, ...rest };
    const input = area ? element("textarea", { spellcheck: "false", ...all }) : textInput(all);
    input.value = value ?? "";
    const check = () => {
        const left = input.value === "" && !needed;
        const found = left ? {} : read(input.value);
        input.setCustomValidity(found.problem ?? "");
        input.setAttribute("aria-invalid", String(Boolean(found.problem)));
        problem.textContent = found.problem ?? "";
        return found.value;
    };
    input.addEventListener("input", () => changed(check()));
    check();
    return [input, problem];
}

function whole(kind, text) {
    const [least, most] = RANGES[kind];
    if (!/^-?\d+$/.test(text)) return { value: text, problem: "Not a whole number." };
    const number = BigInt(text);
    const problem = number < least || number > most ? `${kind} goes from ${least} to ${most}.` : undefined;
    // ProtoJSON: 64-bit integers are strings, since a double does not hold them.
    return { value: kind.endsWith("64") || problem ? text : Number(number), problem };
}

function real(text) {
    if (["NaN", "Infinity", "-Infinity"].includes(text)) return { value: text };
    const number = text.trim() === "" ? NaN : Number(text);
    return Number.isFinite(number)
        ? { value: number }
        : { value: text, problem: "Not a number. NaN, Infinity and -Infinity are." };
}

function bool(type, value, changed, named, needed) {
    if (type.presence && !needed) {
        return choice({ enum: [true, false], presence: true }, value, changed, named, false);
    }
    const box = element("input", {
        type: "checkbox",
        ...named,
        onchange: () => changed(box.checked || (needed ? false : undefined)),
    });
    box.checked = value === true;
    return [box];
}

function choice(type, value, changed, named, needed) {
    const values = [...type.enum];
    // A number that has no name is legal, and a name may be newer than the contract.
    if (value !== undefined && value !== null && !values.includes(value)) values.push(value);
    const select = element(
        "select",
        { ...named, onchange: () => changed(values[select.value]) },
        !needed && element("option", { value: "" }, type.presence ? "not set" : "default"),
        values.map((one, index) => element("option", { value: String(index) }, String(one))),
    );
    const at = values.indexOf(value);
    select.value = at >= 0 ? String(at) : needed ? "0" : "";
    return [select];
}

function bytes(value, changed, named, needed) {
    const size = element("span", { class: "hint" });
    const read = (text) => {
        // Both alphabets and a missing padding are legal.
        const plain = text
            .replace(/-/g, "+")
            .replace(/_/g, "/")
            .replace(/\s|=+$/g, "");
        const right = /^[A-Za-z0-9+/]*$/.test(plain) && plain.length % 4 !== 1;
        size.textContent = right ? `${Math.floor((plain.length * 3) / 4).toLocaleString("en")} bytes` : "";
        return { value: text, problem: right ? undefined : "Not base64. A file can be chosen instead." };
    };
    const nodes = typed(value, read, changed, named, needed, { placeholder: "base64", class: "mono" });
    const file = element("input", { type: "file", class: "unseen", tabindex: "-1", "aria-hidden": "true" });
    file.addEventListener("change", () => {
        const reader = new FileReader();
        reader.addEventListener("load", () => {
            nodes[0].value = reader.result.slice(reader.result.indexOf(",") + 1);
            nodes[0].dispatchEvent(new Event("input"));
        });
        if (file.files[0]) reader.readAsDataURL(file.files[0]);
    });
    const choose = button("File…", () => file.click(), { class: "small" });
    return [element("div", { class: "joined" }, nodes[0], size, choose, file), nodes[1]];
}

function timestamp(value, changed, named, needed) {
    const read = (text) => {
        const right =
            /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/.test(text) && !isNaN(Date.parse(text));
        return { value: text, problem: right ? undefined : "Not a time of RFC 3339, such as 2026-01-31T12:00:00Z." };
    };
    const nodes = typed(value, read, changed, named, needed, { placeholder: "2026-01-31T12:00:00Z", class: "mono" });
    const now = button(
        "Now",
        () => {
            nodes[0].value = new Date().toISOString();
            nodes[0].dispatchEvent(new Event("input"));
        },
        { class: "small" },
    );
    return [element("div", { class: "joined" }, nodes[0], now), nodes[1]];
}

function duration(value, changed, named, needed) {
    const read = (text) => ({
        value: `${text}s`,
        problem: /^-?\d+(\.\d{1,9})?$/.test(text) ? undefined : "Not a number of seconds, such as 1.5.",
    });
    const attributes = { inputmode: "decimal", placeholder: "1.5" };
    const nodes = typed(value?.replace(/s$/, ""), read, changed, named, needed, attributes);
    return [element("div", { class: "joined" }, nodes[0], element("span", { class: "hint" }, "seconds")), nodes[1]];
}

/** Any JSON: for the types that are JSON, and for values that do not fit their type. */
export function json(value, changed, named, needed) {
    const read = (text) => {
        const { value: read, problem } = parse(text);
        return problem ? { value, problem: `No JSON: ${problem}.` } : { value: (value = read) };
    };
    const text = value === undefined ? "" : pretty(value);
    return typed(text, read, changed, named, needed, { tag: "textarea", class: "mono", placeholder: "any JSON" });
}
