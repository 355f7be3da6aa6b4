// What came of a call.

import { copyButton, element } from "./dom.js";
import { highlighted, parse, pretty } from "./json.js";
import { prose } from "./prose.js";

const DETAIL = "iris.v1.ErrorDetail";

/** The nodes for an answer of `connect.js`. The codes are those of the contract. */
export function outcome(codes, answer) {
  return [
    element("p", { class: `verdict ${state(answer)}`, role: "status" }, verdict(answer)),
    answer.broken && element("p", { class: "message" }, answer.broken),
    answer.error && failure(codes, answer.error),
    answer.body !== undefined && body(answer.body),
    pairs("Response metadata", answer.headers),
    pairs("Trailing metadata", answer.trailers),
  ].filter(Boolean);
}

function state(answer) {
  if (answer.stopped) return "stopped";
  return answer.error || answer.broken ? "failed" : "succeeded";
}

function verdict(answer) {
  const words = { stopped: "Stopped", failed: "Failed", succeeded: "Succeeded" };
  const seconds = answer.duration < 1000 ? `${Math.round(answer.duration)} ms` : `${(answer.duration / 1000).toFixed(2)} s`;
  return [
    element("strong", {}, words[state(answer)]),
    answer.status && element("span", {}, `HTTP ${answer.status}`),
    answer.error?.code && element("span", {}, element("code", {}, answer.error.code)),
    element("span", { class: "duration" }, seconds),
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
      element("p", { class: "code" }, element("span", { class: "number" }, String(number)), element("strong", {}, code?.name ?? "Unrecognized")),
    message && element("p", { class: "message" }, message),
    // Where the message is the code's own, its docs say the same once more.
    code?.description && code.description !== message && element("div", { class: "docs" }, prose(code.description)),
    found?.requestId && element("p", { class: "hint" }, "Request id ", element("code", {}, found.requestId), ", which finds the cause in the server's log."),
    others.length > 0 && highlighted(pretty(others)),
  );
}

function body(text) {
  const { value, problem } = parse(text);
  const shown = problem ? text : pretty(value);
  return element("div", {}, element("div", { class: "heading" }, element("h3", {}, "Response"), copyButton(() => shown)), highlighted(shown));
}

function pairs(title, list) {
  if (!list?.length) return undefined;
  const rows = list.map(([name, value]) => element("tr", {}, element("th", { scope: "row" }, name), element("td", {}, value)));
  return element(
    "details",
    { class: "fold" },
    element("summary", {}, `${title} `, element("span", { class: "count" }, String(list.length))),
    element("table", {}, element("tbody", {}, rows)),
  );
}
