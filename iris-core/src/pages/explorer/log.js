// The messages of a stream, as they arrive. Streams may never end, so only the last ones are kept.

import { copyButton, element } from "./dom.js";
import { highlighted, parse, pretty } from "./json.js";

const KEPT = 1000;
/** Of all messages that are kept, in characters: a few large ones fill the memory as well. */
const KEPT_TEXT = 16 << 20;

/** `{ node, add(text), last() }`. */
export function log() {
    const started = performance.now();
    const kept = [];
    // Not yet shown: a tab in the background paints nothing, however much arrives.
    let fresh = [];
    let [arrived, dropped, size] = [0, 0, 0];
    const count = element("span", { class: "count" });
    const rows = element("ol", { class: "log", tabindex: "0", "aria-label": "Messages" });
    const copy = copyButton(() => kept.map((entry) => entry.text).join("\n"), "Copy all");

    const paint = () => {
        const atEnd = rows.scrollHeight - rows.scrollTop - rows.clientHeight < 40;
        rows.append(...fresh.map((entry) => (entry.row = row(entry))));
        fresh = [];
        const words = `${arrived.toLocaleString("en")} ${arrived === 1 ? "message" : "messages"}`;
        count.textContent = dropped > 0 ? `${words}, the first ${dropped.toLocaleString("en")} dropped` : words;
        if (atEnd) rows.scrollTop = rows.scrollHeight;
    };
    const add = (text) => {
        arrived += 1;
        size += text.length;
        const entry = { text, number: arrived, after: performance.now() - started };
        kept.push(entry);
        if (fresh.length === 0) requestAnimationFrame(paint);
        fresh.push(entry);
        while (kept.length > KEPT || (size > KEPT_TEXT && kept.length > 1)) {
            const first = kept.shift();
            size -= first.text.length;
            dropped += 1;
            if (first.row) first.row.remove();
            else fresh.shift();
        }
    };
    paint();
    const node = element(
        "div",
        {},
        element("div", { class: "heading" }, element("h3", {}, "Messages"), count, copy),
        rows,
    );
    return { node, add, last: () => kept.at(-1)?.text };
}

/** A line; the message is laid out only where somebody opens it. */
function row({ text, number, after }) {
    const time = `+${(after / 1000).toFixed(3)} s`;
    const details = element(
        "details",
        {},
        element(
            "summary",
            {},
            element("span", { class: "index" }, String(number)),
            element("time", {}, time),
            element("code", {}, text.slice(0, 200)),
        ),
    );
    details.addEventListener("toggle", () => {
        if (details.open && details.childElementCount === 1) {
            const { value, problem } = parse(text);
            details.append(highlighted(problem ? text : pretty(value)));
        }
    });
    return element("li", {}, details);
}
