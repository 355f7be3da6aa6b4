// The request, as a form and as JSON: two views of one value.

import { button, element, newId } from "./dom.js";
import { editor } from "./fields.js";
import { parse, pretty } from "./json.js";

/**
 * `{ node, value(), refuse() }` for a value of a type. `refuse` shows what keeps it from being sent, and says
 * whether there is something. `changed` is told of each new value.
 */
export function request(types, type, value, changed) {
    const form = element("div", { class: "form" });
    const text = element("textarea", {
        class: "mono json",
        spellcheck: "false",
        autocomplete: "off",
        "aria-label": "Request as JSON",
    });
    const wrong = element("p", { class: "problem", role: "alert", id: newId() });
    text.setAttribute("aria-describedby", wrong.id);
    const panels = { Form: form, JSON: element("div", {}, text, wrong) };
    let shown;
    // A message without fields is still a message; a stream may well have none.
    const empty = type.kind === "list" ? [] : {};
    value ??= empty;

    const fill = {
        Form() {
            const named = { "aria-label": "Request", add: type.kind === "list" ? "Add message" : undefined };
            form.replaceChildren(...editor(types, type, value, (next) => changed((value = next ?? empty)), named));
        },
        JSON() {
            text.value = pretty(value);
            wrong.textContent = "";
        },
    };
    text.addEventListener("input", () => {
        const read = parse(text.value.trim() === "" ? pretty(empty) : text.value);
        wrong.textContent = read.problem ? `Not JSON: ${read.problem}.` : "";
        if (!read.problem) changed((value = read.value));
    });
    const refuse = () => {
        const first = shown === "JSON" ? wrong.textContent && text : form.querySelector(":invalid");
        if (!first) return false;
        // What is folded away cannot be focused.
        for (let at = first.closest("details"); at; at = at.parentElement.closest("details")) at.open = true;
        first.focus();
        return true;
    };

    const tabs = Object.entries(panels).map(([name, panel]) => {
        panel.id = newId();
        const tab = button(name, () => show(name), { role: "tab", id: newId(), "aria-controls": panel.id });
        panel.setAttribute("role", "tabpanel");
        panel.setAttribute("aria-labelledby", tab.id);
        return tab;
    });
    const show = (name) => {
        // A form cannot show what is no JSON, so that the text stays until it is right or emptied.
        if (shown === "JSON" && name !== shown && refuse()) return;
        if (name !== shown) fill[name]();
        shown = name;
        for (const tab of tabs) {
            const chosen = tab.textContent === name;
            tab.setAttribute("aria-selected", String(chosen));
            tab.tabIndex = chosen ? 0 : -1;
            panels[tab.textContent].hidden = !chosen;
        }
    };
    const list = element("div", { class: "tabs", role: "tablist", "aria-label": "Request" }, tabs);
    list.addEventListener("keydown", (event) => {
        if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
        show(shown === "Form" ? "JSON" : "Form");
        tabs.find((tab) => tab.textContent === shown).focus();
    });
    show("Form");
    return { node: element("div", {}, list, Object.values(panels)), value: () => value, refuse };
}
