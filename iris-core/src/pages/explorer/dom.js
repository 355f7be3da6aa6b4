// Elements, made by hand: nothing on this page goes through innerHTML, since docs and answers are other
// people's text.

/**
 * An element with attributes and children. Attributes named `on…` are listeners; `false` and `undefined` are left
 * out. Children are nodes or text.
 */
export function element(tag, attributes = {}, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
        if (value === undefined || value === false) continue;
        if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
        else node.setAttribute(name, value === true ? "" : value);
    }
    node.append(...children.flat().filter((child) => child !== undefined && child !== false));
    return node;
}

export function button(text, onclick, attributes = {}) {
    return element("button", { type: "button", onclick, ...attributes }, text);
}

/** A line to type something into that no dictionary knows. */
export function textInput(attributes) {
    return element("input", {
        type: "text",
        autocomplete: "off",
        autocapitalize: "off",
        spellcheck: "false",
        ...attributes,
    });
}

/** A button that copies what `text()` says at that time. Pages without TLS get none: browsers keep the clipboard. */
export function copyButton(text, what = "Copy") {
    if (!navigator.clipboard) return "";
    const copy = button(
        what,
        async () => {
            const copied = navigator.clipboard.writeText(text());
            copy.textContent = await copied.then(
                () => "Copied",
                () => "Not allowed",
            );
            setTimeout(() => (copy.textContent = what), 1500);
        },
        { class: "small" },
    );
    return copy;
}

/** Text that only screen readers say. */
export function unseen(text) {
    return element("span", { class: "unseen" }, text);
}

let made = 0;

/** An id that nothing else on the page has. */
export function newId() {
    made += 1;
    return `made-${made}`;
}
