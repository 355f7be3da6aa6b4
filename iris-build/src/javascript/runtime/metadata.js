// Headers that callers send.

import { communication } from "./error.js";

/** What HTTP or the protocol owns: setting it would break the call. */
const OWNED =
    /^(accept|accept-encoding|connection|content-(encoding|length|type)|host|keep-alive|proxy-connection|set-cookie|te|trailer|transfer-encoding|upgrade|user-agent|(connect|grpc|trailer)-.*)$/;

/** A name that a header can have (RFC 9110, 5.6.2: "token"). */
const TOKEN = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;

/** Headers by their names in lower case. */
export function metadata(headers = {}) {
    const pairs = Symbol.iterator in headers ? headers : Object.entries(headers);
    const checked = {};
    for (const [given, value] of pairs) {
        const name = String(given).toLowerCase();
        const wrong = !TOKEN.test(name)
            ? "is no name a header can have"
            : OWNED.test(name)
              ? "belongs to the protocol; choose another name"
              : !/^[ -~]*$/.test(value) && "has a value that is not printable ASCII";
        if (wrong) throw communication("invalid_argument", `the header \`${name}\` ${wrong}`);
        checked[name] = String(value);
    }
    return checked;
}
