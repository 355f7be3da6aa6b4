// Failed calls.

/** The canonical statuses that Iris's own codes have. Others are `failed_precondition` unless told. */
const STATUSES = {
    900: "unavailable",
    901: "unimplemented",
    902: "internal",
    910: "invalid_argument",
    911: "internal",
    912: "invalid_argument",
    913: "resource_exhausted",
    920: "permission_denied",
};

export const COMMUNICATION_ERROR = 900;
export const PROCEDURE_NOT_FOUND = 901;
export const INVALID_REQUEST_MESSAGE = 910;
export const INVALID_RESPONSE_MESSAGE = 911;
export const MESSAGE_TOO_LARGE = 913;

/** A failed call. */
export class IrisError extends Error {
    constructor(code, internalMessage, { status, requestId, cause } = {}) {
        const known = status ?? STATUSES[code] ?? "failed_precondition";
        const request = requestId ? ` [request ${requestId}]` : "";
        super(`${code} (${known}): ${internalMessage}${request}`, cause === undefined ? undefined : { cause });
        this.code = code;
        this.internalMessage = internalMessage;
        this.status = known;
        this.requestId = requestId;
    }

    get name() {
        return "IrisError";
    }
}

/** What was thrown, as text: anything can be thrown, and not everything has one. */
export function textOf(thrown) {
    try {
        return String(thrown);
    } catch {
        return typeof thrown;
    }
}

/** A call that was not carried out, or whose answer did not come. */
export function communication(status, text, cause) {
    return new IrisError(COMMUNICATION_ERROR, text, { status, cause });
}

/** Errors that another attempt may not meet, and whether any call may make one: the server did not look at this one. */
const passing = /* @__PURE__ */ new WeakMap();

/** Marks an error as one that another attempt may not meet. */
export function pass(error, unprocessed = false) {
    passing.set(error, unprocessed);
    return error;
}

/** Whether a call that met this error is worth another attempt. */
export const mayPass = (error, repeatable) => (repeatable ? passing.has(error) : passing.get(error) === true);
