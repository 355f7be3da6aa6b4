// JSON as people write and read it: where it is wrong, and in colours.

import { element } from "./dom.js";

// One token from the position on. A string is one alternative per character: nested repetition would take
// exponential time for a string without an end.
const TOKEN =
    /(?<space>\s+)|(?<string>"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(?<number>-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.]))|(?<literal>(?:true|false|null)\b)|(?<mark>[{}[\],:])/y;

function* tokens(text) {
    for (let at = 0; at < text.length; at = TOKEN.lastIndex) {
        TOKEN.lastIndex = at;
        const groups = TOKEN.exec(text)?.groups;
        const kind = groups && Object.keys(groups).find((name) => groups[name] !== undefined);
        if (!kind) {
            yield { kind: "wrong", text: /[\w.+-]+|./suy.exec(text.slice(at, at + 40))[0], at };
            return;
        }
        yield { kind, text: groups[kind], at };
    }
}

/** `{ value }`, or `{ problem, at }`: what is wrong, and the character it is at. */
export function parse(text) {
    try {
        // A whole number that a double does not hold becomes a string, which ProtoJSON takes for every number.
        const exact = (_, value, context) =>
            typeof value === "number" && /^-?\d+$/.test(context?.source) && !Number.isSafeInteger(value)
                ? context.source
                : value;
        return { value: JSON.parse(text, exact) };
    } catch (error) {
        return problem(text) ?? { problem: error.message, at: 0 };
    }
}

/** Browsers tell where JSON is wrong in words of their own, or not at all; so it is looked for here. */
function problem(text) {
    const open = [];
    let wanted = "a value";
    const told = (found, at) => {
        const lines = text.slice(0, at).split("\n");
        const where = `line ${lines.length}, column ${lines.at(-1).length + 1}`;
        return { problem: `${where}: expected ${wanted}, found ${found}`, at };
    };
    const after = () => {
        wanted = { "{": "`,` or `}`", "[": "`,` or `]`" }[open.at(-1)] ?? "the end";
    };
    for (const { kind, text: token, at } of tokens(text)) {
        if (kind === "space") continue;
        const isValue = ["string", "number", "literal"].includes(kind) || token === "{" || token === "[";
        const closes = { "{": "}", "[": "]" }[open.at(-1)] === token && /`[}\]]`/.test(wanted);
        if (kind === "wrong") {
            return told(
                token.startsWith('"') ? "a string that does not end or has a wrong escape" : `\`${token}\``,
                at,
            );
        } else if (closes) {
            open.pop();
            after();
        } else if (wanted.includes("a value") && isValue) {
            if (kind === "mark") {
                open.push(token);
                wanted = token === "{" ? "a name in quotes or `}`" : "a value or `]`";
            } else after();
        } else if (wanted.startsWith("a name") && kind === "string") wanted = "`:`";
        else if (wanted === "`:`" && token === ":") wanted = "a value";
        else if (wanted.startsWith("`,`") && token === ",")
            wanted = open.at(-1) === "{" ? "a name in quotes" : "a value";
        else return told(`\`${token.length > 24 ? `${token.slice(0, 24)}…` : token}\``, at);
    }
    return wanted === "the end" ? undefined : told("the end", text.length);
}

export function pretty(value) {
    return JSON.stringify(value, undefined, 2);
}

/** More is cut: a megabyte of coloured text would stop the page for seconds. */
const SHOWN = 200_000;

/** JSON text as a block in colours. */
export function highlighted(text) {
    const code = element("code");
    const shown = text.slice(0, SHOWN);
    let last;
    let end = 0;
    for (const { kind, text: token, at } of tokens(shown)) {
        if (kind === "wrong") break;
        end = at + token.length;
        // A string turns out to be a name by the colon after it.
        if (token === ":" && last?.className === "string") last.className = "name";
        if (kind === "space" || kind === "mark") code.append(token);
        else code.append((last = element("span", { class: kind }, token)));
    }
    // What is no JSON, or was cut within a string, has no colours.
    code.append(shown.slice(end));
    const cut = text.length - SHOWN;
    if (cut > 0) code.append(`\n… ${cut.toLocaleString("en")} more characters; Copy has them all.`);
    return element("pre", { class: "json", tabindex: "0" }, code);
}
