// The floor: `fetch` alone, with a request that was encoded before and an answer that is not decoded.

const HEADERS = { "content-type": "application/proto", "connect-protocol-version": "1" };

export function connect(url) {
    let request;
    let bytes;
    return {
        async echo(message) {
            if (request?.text !== message.text) [request, bytes] = [message, encoded(message.text)];
            const response = await fetch(`${url}/bench.v1.Feed/Echo`, { method: "POST", headers: HEADERS, body: bytes });
            const answer = await response.arrayBuffer();
            if (answer.byteLength !== bytes.length) throw new Error(`${answer.byteLength} bytes came back`);
            return message;
        },
    };
}

/** A short text as field 1. */
const encoded = (text) => new Uint8Array([10, text.length, ...new TextEncoder().encode(text)]);
