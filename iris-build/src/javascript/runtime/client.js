// What all calls to a server share.

import { Carrier } from "./carrier.js";
import { communication } from "./error.js";
import { metadata } from "./metadata.js";

/** The most bytes that a received message may have unless told: 4 MiB. */
const LIMIT = 4_194_304;

/** Calls one server. */
export class IrisClient {
    #listeners = new Set();

    constructor(url, given) {
        const options = given ?? {};
        this.base = checkedUrl(url);
        this.headers = metadata(options.headers);
        this.deadline = options.deadline;
        this.credentials = options.credentials;
        this.streams = options.streams ?? "auto";
        this.limit = options.maxMessageSize ?? LIMIT;
        if (!["auto", "fetch", "websocket"].includes(this.streams)) {
            throw communication("invalid_argument", `streams: \`${this.streams}\` is none of auto, fetch, websocket`);
        }
        if (!(this.limit >= 0)) {
            throw communication("invalid_argument", `maxMessageSize: \`${this.limit}\` is no number of bytes`);
        }
        this.carrier = new Carrier(this);
    }

    onError(listener) {
        // The same function may listen several times.
        const entry = { listener };
        this.#listeners.add(entry);
        return () => {
            this.#listeners.delete(entry);
        };
    }

    close() {
        this.carrier.close();
    }

    /** Tells of a failed call. */
    tell(path, error) {
        for (const { listener } of this.#listeners) {
            // What goes wrong in it is not the call's fault, nor its caller's.
            const listened = async () => listener({ path, error });
            listened().catch((thrown) => console.error(thrown));
        }
    }
}

/** The URL without a slash at its end. In a page it may be relative to the page's own. */
function checkedUrl(given) {
    // Without user and password, which are no text for a log. Nobody may have escaped what is in them.
    const shown = String(given).replace(/^([^]*?:\/\/)?[^]*@/, "$1..@");
    const refuse = (why) => communication("invalid_argument", `\`${shown}\` is no URL to call: ${why}`);
    let url;
    try {
        url = new URL(given, globalThis.location?.href);
    } catch {
        throw refuse("write http://host:port or https://host");
    }
    if (!/^https?:$/.test(url.protocol)) throw refuse("its scheme must be http or https");
    if (url.username || url.password) throw refuse("remove the user and password, and send the header `authorization`");
    if (url.search || url.hash) throw refuse("remove what follows the path");
    return url.origin + url.pathname.replace(/\/+$/, "");
}

/** The client itself, or one for this URL. */
export const clientOf = (server, options) => (server instanceof IrisClient ? server : new IrisClient(server, options));
