// What goes beside the message: metadata and a timeout, for every procedure alike. They are kept until the tab is
// closed, since a token is typed once and needed all day.

import { button, element, newId, textInput } from "./dom.js";

const STORE = "iris-explorer";

/** Headers that browsers send themselves and no page may set (Fetch, "forbidden request-header"). */
const BROWSER =
    /^(accept-charset|accept-encoding|access-control-request-.*|connection|content-length|cookie2?|date|dnt|expect|host|keep-alive|origin|referer|set-cookie|te|trailer|transfer-encoding|upgrade|via|proxy-.*|sec-.*)$/i;

const PROTOCOL = /^(content-type|connect-.*|grpc-.*)$/i;

function problem(name, value) {
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) return "A name has letters, digits and hyphens.";
    if (BROWSER.test(name)) return "Browsers do not let pages set this one.";
    if (PROTOCOL.test(name)) return "The protocol sets this one.";
    if (/[^\t\x20-\x7e]/.test(value)) return "A value is ASCII; others go into metadata that ends in -bin, as base64.";
    return "";
}

function stored() {
    try {
        return { rows: [], timeout: "", ...JSON.parse(sessionStorage.getItem(STORE)) };
    } catch {
        // Storage may be forbidden, or hold what another version wrote.
        return { rows: [], timeout: "" };
    }
}

/**
 * `{ node, read(), refuse() }`; `read` gives `{ metadata, timeout }`, `refuse` shows what cannot be sent and says
 * whether there is something. `changed` is told of every change.
 */
export function metadata(changed) {
    const kept = stored();
    const told = () => {
        try {
            sessionStorage.setItem(STORE, JSON.stringify(kept));
        } catch {
            // Then it lasts until the page is left.
        }
        counted.textContent = kept.rows.length > 0 ? String(kept.rows.length) : "";
        changed();
    };
    const counted = element("span", { class: "count" });
    const rows = element("ul", { class: "entries" });
    const add = (entry) => {
        const wrong = element("p", { class: "problem", id: newId() });
        const input = (part, label) => {
            const attributes = {
                "aria-label": label,
                "aria-describedby": wrong.id,
                placeholder: label.toLowerCase(),
                class: "mono",
            };
            const made = textInput(attributes);
            made.value = entry[part];
            made.addEventListener("input", () => ((entry[part] = made.value), check(), told()));
            return made;
        };
        const name = input("name", "Name");
        const value = input("value", "Value");
        const check = () => {
            wrong.textContent = name.value === "" && value.value === "" ? "" : problem(name.value, value.value);
            name.setCustomValidity(wrong.textContent);
            name.setAttribute("aria-invalid", String(wrong.textContent !== ""));
        };
        const remove = () => {
            kept.rows.splice(kept.rows.indexOf(entry), 1);
            row.remove();
            told();
            more.focus();
        };
        const tools = element("div", { class: "tools" }, button("×", remove, { "aria-label": "Remove" }));
        const row = element("li", { class: "pair" }, name, element("div", { class: "body" }, value, wrong), tools);
        check();
        rows.append(row);
        return name;
    };
    kept.rows.forEach(add);
    const more = button(
        "Add metadata",
        () => {
            const entry = { name: "", value: "" };
            kept.rows.push(entry);
            add(entry).focus();
            told();
        },
        { class: "small" },
    );
    const id = newId();
    const timeout = element("input", {
        id,
        type: "number",
        min: "1",
        max: "9999999999",
        step: "1",
        placeholder: "none",
    });
    timeout.value = kept.timeout;
    timeout.addEventListener("input", () => ((kept.timeout = timeout.value), told()));
    counted.textContent = kept.rows.length > 0 ? String(kept.rows.length) : "";
    const node = element(
        "details",
        { class: "fold", open: kept.rows.length > 0 || kept.timeout !== "" },
        element("summary", {}, "Metadata and timeout ", counted),
        rows,
        more,
        element(
            "div",
            { class: "field inline" },
            element("label", { for: id, class: "name" }, "Timeout"),
            timeout,
            element("span", { class: "hint" }, "milliseconds"),
        ),
    );
    const read = () => ({
        metadata: kept.rows.filter(({ name }) => name !== "").map(({ name, value }) => [name.toLowerCase(), value]),
        timeout: timeout.value,
    });
    const refuse = () => {
        const first = node.querySelector(":invalid");
        if (first) node.open = true;
        return first ? !first.reportValidity() : false;
    };
    return { node, read, refuse };
}
