// What servers say of failures (Connect protocol, "Error End-Stream"), and what others say that are no Iris servers.

import { beginning, collect, contentType } from "./answer.js";
import { decode } from "./decode.js";
import { COMMUNICATION_ERROR, IrisError, PROCEDURE_NOT_FOUND, communication, pass } from "./error.js";
import { optional, field } from "./fields.js";
import { INT32, STRING } from "./scalars.js";

/** The least that is read of what a server says of an error, in bytes: a small limit for messages is not to hide it. */
const ERROR_FLOOR = 65_536;

/** How much of a stranger's answer is shown: characters, or bytes of what is no text. */
const SHOWN = 100;
const SHOWN_BYTES = 16;

const ALL_STATUSES =
    "canceled unknown invalid_argument deadline_exceeded not_found already_exists permission_denied resource_exhausted failed_precondition aborted out_of_range unimplemented internal unavailable data_loss unauthenticated";

/** The message `iris.v1.ErrorDetail`. */
const ErrorDetail = () => [
    optional(1, "code", INT32),
    field(2, "internalMessage", STRING),
    field(3, "requestId", STRING),
];

export const errorLimit = (call) => Math.max(call.client.limit, ERROR_FLOOR);

/** The error of an answer whose HTTP status says that it is one. */
export async function refusal(call, answer) {
    if (contentType(answer) !== "application/json") return stranger(call, answer);
    const bytes = await collect(answer, errorLimit(call));
    const error = parsed(bytes);
    const status = statusOf(answer.status);
    if (!error || typeof error !== "object") return strange(call, answer, bytes);
    if (!("code" in error) && !("message" in error)) return strange(call, answer, bytes);
    return told(call, error, status);
}

/** The JSON of an envelope that ends a stream: its error, `undefined` where it ended well. */
export function ending(call, payload) {
    const end = parsed(payload);
    if (!end || typeof end !== "object") {
        const text = `${call.client.base} ended the stream with an envelope that is no end of a Connect stream`;
        return communication("internal", text);
    }
    return end.error ? told(call, end.error, "unknown") : undefined;
}

function parsed(bytes) {
    try {
        return JSON.parse(new TextDecoder().decode(bytes));
    } catch {
        return undefined;
    }
}

/** The error that a server told of: that of a procedure where Iris's detail is with it. */
function told(call, { code, message, details }, fallback) {
    const status = ALL_STATUSES.split(" ").includes(code) ? code : fallback;
    const detail = ownDetail(details);
    if (detail?.code !== undefined) {
        const { internalMessage, requestId } = detail;
        const error = new IrisError(detail.code, internalMessage, { status, requestId: requestId || undefined });
        return detail.code === COMMUNICATION_ERROR ? passed(error) : error;
    }
    const text = typeof message === "string" && message.trim() ? message : undefined;
    const number = status === "unimplemented" ? PROCEDURE_NOT_FOUND : COMMUNICATION_ERROR;
    const silent = `${call.client.base} answered with the error \`${status}\` and no message`;
    return passed(new IrisError(number, text ?? silent, { status }));
}

function ownDetail(details) {
    if (!Array.isArray(details)) return undefined;
    const own = details.find((detail) => detail?.type === "iris.v1.ErrorDetail");
    try {
        return own && decode(ErrorDetail, Uint8Array.from(atob(own.value), (letter) => letter.charCodeAt(0)));
    } catch {
        return undefined;
    }
}

/** Any code but 900 means that the procedure ran; otherwise it was turned away, and may run another time. */
const passed = (error) => (error.status === "unavailable" ? pass(error) : error);

/** The status of an HTTP answer that says nothing more (Connect protocol, "HTTP to Error Code"). */
function statusOf(http) {
    const known = { 400: "internal", 401: "unauthenticated", 403: "permission_denied", 404: "unimplemented" };
    return known[http] ?? ([429, 502, 503, 504].includes(http) ? "unavailable" : "unknown");
}

/** What answered, and how, so that a wrong address or a proxy between is recognised at a glance. */
export async function stranger(call, answer) {
    // A character has at most four bytes.
    return strange(call, answer, await beginning(answer, 4 * SHOWN));
}

function strange(call, answer, body) {
    const type = contentType(answer);
    const kind = type ? `content type \`${type}\`` : "no content type";
    const text =
        `${call.client.base} did not answer as an Iris server would: check the URL and what stands between. ` +
        `The answer has HTTP status ${answer.status}, ${kind} ${shown(body)}`;
    return passed(communication(answer.status === 200 ? "unknown" : statusOf(answer.status), text));
}

/** How a body begins, in one line of printable characters. */
function shown(body) {
    if (body.length === 0) return "and is empty";
    const decoded = new TextDecoder().decode(body.subarray(0, 4 * SHOWN));
    const text = [...decoded.trim()].slice(0, SHOWN);
    if (text.length === 0) return "and is blank";
    // A page in another encoding has an odd character here and there; compressed or binary data has many.
    const odd = text.filter((letter) => /[^\P{Cc}\s]|\uFFFD/u.test(letter));
    if (odd.length * 4 > text.length) {
        const bytes = [...body.subarray(0, SHOWN_BYTES)].map((byte) => byte.toString(16).padStart(2, "0"));
        return `and begins with bytes that are no text: ${bytes.join(" ")}`;
    }
    return `and begins: ${text.join("").replace(/\s/g, " ")}`;
}
