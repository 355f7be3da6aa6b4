// The connection that this page came over, and its calls go.

/**
 * Whether it is HTTP/1.1. Browsers then drop an answer that comes before all of the request was sent, as they do not
 * over HTTP/2: a stream that is refused early looks like a connection that broke off.
 */
export function isHttp1() {
    const [page] = performance.getEntriesByType("navigation");
    return page?.nextHopProtocol.startsWith("http/1") ?? false;
}
