// What came of a call.

import { copyButton, element } from "./dom.js";
import { highlighted, parse, pretty } from "./json.js";
import { prose } from "./prose.js";

const DETAIL = "iris.v1.ErrorDetail";

/** Says in a line how a call ended. */
export function judge(verdict, answer) {
    const { state, word } = answer.stopped
        ? { state: "stopped", word: "Stopped" }
        : answer.error || answer.broken
          ? { state: "failed", word: "Failed" }
          : { state: "succeeded", word: "Succeeded" };
    const { duration } = answer;
    verdict.className = `verdict ${state}`;
    verdict.replaceChildren(
        element("strong", {}, word),
        answer.status ? ` HTTP ${answer.status} ` : "",
        element("code", {}, answer.error?.code ?? ""),
        element(
            "span",
            { class: "duration" },
            duration < 1000 ? `${Math.round(duration)} ms` : `${(duration / 1000).toFixed(2)} s`,
        ),
    );
}

/** The nodes for an answer of `connect.js`. The codes are those of the contract. */
export function outcome(codes, answer) {
    return [
        answer.broken && element("p", { class: "message" }, answer.broken),
        answer.error && failure(codes, answer.error),
        answer.body !== undefined && body(answer.body),
        pairs("Response metadata", answer.headers),
        pairs("Trailing metadata", answer.trailers),
    ].filter(Boolean);
}

/** Iris's code is a detail of Connect's error; a proxy's has none. */
function failure(codes, error) {
    const details = error.details ?? [];
    const found = details.find((detail) => detail.type === DETAIL)?.debug;
    const number = found ? (found.code ?? 0) : undefined;
    const code = codes.get(number);
    const message = found?.internalMessage ?? error.message;
    const others = details.filter((detail) => detail.type !== DETAIL);
    return element(
        "div",
        { class: "failure" },
        number !== undefined &&
            element(
                "p",
                { class: "code" },
                element("span", { class: "number" }, String(number)),
                element("strong", {}, code?.name ?? "Unrecognized"),
            ),
        message && element("p", { class: "message" }, message),
        // Where the message is the code's own, its docs say the same once more.
        code?.description && code.description !== message && element("div", { class: "docs" }, prose(code.description)),
        found?.requestId &&
            element(
                "p",
                { class: "hint" },
                "Request id ",
                element("code", {}, found.requestId),
                ", which finds the cause in the server's log.",
            ),
        others.length > 0 && highlighted(pretty(others)),
    );
}

function body(text) {
    const { value, problem } = parse(text);
    const shown = problem ? text : pretty(value);
    return element(
        "div",
        {},
        element(
            "div",
            { class: "heading" },
            element("h3", {}, "Response"),
            copyButton(() => shown),
        ),
        highlighted(shown),
    );
}

function pairs(title, list) {
    if (!list?.length) return undefined;
    const rows = list.map(([name, value]) =>
        element("tr", {}, element("th", { scope: "row" }, name), element("td", {}, value)),
    );
    return element(
        "details",
        { class: "fold" },
        element("summary", {}, `${title} `, element("span", { class: "count" }, String(list.length))),
        element("table", {}, element("tbody", {}, rows)),
    );
}
