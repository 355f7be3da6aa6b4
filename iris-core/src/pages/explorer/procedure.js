// A procedure: its docs, its request, and what came of the last call.

import * as connect from "./connect.js";
import { isHttp1 } from "./connection.js";
import * as curl from "./curl.js";
import { button, copyButton, element } from "./dom.js";
import { log } from "./log.js";
import { metadata } from "./metadata.js";
import { STREAMS } from "./navigation.js";
import { judge, outcome } from "./outcome.js";
import { prose } from "./prose.js";
import { request } from "./request.js";
import { shape } from "./shape.js";

/** What was typed, by path, until the page is left: not stored, since requests may hold passwords. */
const typed = new Map();

/** The most that is shown of a line for a shell, in characters; all of it is copied. */
const SHOWN = 20_000;

/** `{ nodes, call(), leave() }`. `root` is the address that the paths of the contract begin at. */
export function procedure(contract, one, root) {
    const { types, codes } = contract;
    const message = types.read(one.request);
    const response = types.read(one.response);
    const sendsMany = one.stream === "client" || one.stream === "bidirectional";
    const isUnary = one.stream === "unary";
    const type = sendsMany ? types.read({ type: "array", items: one.request }) : message;
    let running;

    const line = element("code");
    const get = element("code");
    const described = () => {
        const call = called();
        line.textContent = shortened(inShell(call));
        get.textContent = shortened(curl.getAddress(call, form.value()));
    };
    const inShell = (call) =>
        isUnary ? curl.unaryLine(call, form.value()) : curl.streamLine(call, messages());
    const beside = metadata(() => described());
    const form = request(types, type, typed.get(one.path), (value) => {
        typed.set(one.path, value);
        described();
    });
    const messages = () => [form.value()].flat();
    const called = () => ({ url: new URL(one.path.slice(1), root).href, ...beside.read() });

    // One place for the verdict, so that screen readers hear it change.
    const verdict = element("p", { role: "status", class: "verdict" });
    const many = isUnary || one.stream === "client" ? "" : "any number of ";
    const answered = element(
        "div",
        { class: "answer" },
        hint(`Answers with ${many}`, code(response.label)),
        shape(types, response),
    );

    const start = button("Call", () => call(), { class: "primary", title: "Ctrl+Enter" });
    const stop = button("Stop", () => running?.abort(), { hidden: true });
    const call = async () => {
        if (running || form.refuse() || beside.refuse()) return;
        running = new AbortController();
        start.setAttribute("aria-disabled", "true");
        stop.hidden = false;
        const { signal } = running;
        const arrived = isUnary ? undefined : log();
        verdict.className = "verdict running";
        verdict.replaceChildren(element("strong", {}, isUnary ? "Waiting…" : "Streaming…"));
        // On narrow screens it is below the form.
        verdict.scrollIntoView({ block: "nearest" });
        answered.replaceChildren(arrived?.node ?? "");
        const answer = isUnary
            ? await connect.unary(called(), form.value(), signal)
            : await connect.stream(called(), messages(), signal, arrived.add);
        // A client stream has one answer, which is read like that of any other call.
        if (one.stream === "client") {
            answer.body = arrived.last();
            arrived.node.remove();
        }
        judge(verdict, answer);
        answered.prepend(...outcome(codes, answer));
        running = undefined;
        start.removeAttribute("aria-disabled");
        if (document.activeElement === stop) start.focus();
        stop.hidden = true;
    };
    described();

    const nodes = [
        ...head(one, new URL(called().url).pathname),
        element(
            "div",
            { class: "panes" },
            element(
                "section",
                { class: "card request", "aria-label": "Request" },
                card(
                    "Request",
                    element("span", { class: "type" }, sendsMany ? `stream ${message.label}` : message.label),
                ),
                // What generated messages without fields say is said by the form.
                message.properties && element("div", { class: "docs" }, prose(message.description ?? "")),
                sendsMany && hint(together(one)),
                form.node,
                beside.node,
                element("div", { class: "actions" }, start, stop, hint(key("Ctrl"), " ", key("Enter"))),
            ),
            element("section", { class: "card outcome", "aria-label": "Outcome" }, card("Outcome"), verdict, answered),
        ),
        element(
            "section",
            { class: "card", "aria-label": "Same call elsewhere" },
            card(
                "curl",
                copyButton(() => inShell(called())),
            ),
            element("pre", { class: "json", tabindex: "0" }, line),
            hint(
                "The cookies of this page are not in it: curl keeps its own, by ",
                code("-c"),
                " and ",
                code("-b"),
                ".",
            ),
            one.hasGet && hint("Answers GET as well, which caches may keep:"),
            one.hasGet && element("pre", { class: "json", tabindex: "0" }, get),
        ),
    ];
    return { nodes, call, leave: () => running?.abort() };
}

/** What browsers make of a stream of requests. */
function together(one) {
    return [
        "Browsers send a request as a whole: the messages go out together, in this order.",
        one.stream === "bidirectional" && "Answers are shown from then on, though the server may give them earlier.",
        isHttp1() &&
            "This page came over HTTP/1.1: where the server refuses the stream before all of it was sent, the browser drops the answer. Over HTTP/2, which needs https, it is shown.",
    ]
        .filter(Boolean)
        .join(" ");
}

function head(one, path) {
    return [
        element("p", { class: "crumb" }, one.remote.name),
        element("h1", { class: one.deprecated ? "deprecated" : undefined }, one.name),
        element("p", { class: "path" }, element("span", { class: "method" }, "POST"), code(path), tags(one)),
        element("div", { class: "docs wide" }, prose(one.docs)),
    ];
}

function tags(one) {
    const words = { no_side_effects: "no side effects", with_side_effects: "may be repeated" };
    return [
        STREAMS[one.stream] && element("span", { class: "tag strong" }, STREAMS[one.stream].words),
        words[one.idempotency] && element("span", { class: "tag" }, words[one.idempotency]),
        one.deprecated && element("span", { class: "tag" }, "deprecated"),
    ].filter(Boolean);
}

/** Laying a file out as text would stop the page for seconds. */
function shortened(line) {
    return line.length > SHOWN ? `${line.slice(0, SHOWN)}… (${line.length - SHOWN} characters more)` : line;
}

function card(title, ...beside) {
    return element("div", { class: "heading" }, element("h2", {}, title), ...beside);
}

function hint(...words) {
    return element("p", { class: "hint" }, ...words);
}

function code(text) {
    return element("code", {}, text);
}

function key(name) {
    return element("kbd", {}, name);
}
