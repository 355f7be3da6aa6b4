// What tests check with, in Node.js and in pages alike.

/** Fails where two values differ. Maps, bytes and NaN are compared by what they are. */
export function equal(actual, expected, about = "") {
    if (!same(actual, expected)) throw new Error(`${about} it is ${shown(actual)}, and not ${shown(expected)}`.trim());
}

export function ok(value, about) {
    if (!value) throw new Error(about);
}

/** Fails where a text has no part that a pattern describes. */
export function matches(text, pattern) {
    if (!pattern.test(text)) throw new Error(`${shown(text)} does not match ${pattern}`);
}

/** The error that a call fails with. */
export async function failure(promise) {
    let answer;
    try {
        answer = await promise;
    } catch (error) {
        return error;
    }
    throw new Error(`no failure but ${shown(answer)}`);
}

/** All that a stream gives, and the error that ends it. */
export async function drained(stream) {
    const messages = [];
    try {
        for await (const message of stream) messages.push(message);
    } catch (error) {
        return { messages, error };
    }
    return { messages };
}

function same(one, other) {
    if (Object.is(one, other)) return true;
    if (typeof one !== "object" || typeof other !== "object" || !one || !other) return false;
    if (one instanceof Map || other instanceof Map) {
        return one instanceof Map && other instanceof Map && same([...one], [...other]);
    }
    if (ArrayBuffer.isView(one) !== ArrayBuffer.isView(other)) return false;
    if (Array.isArray(one) !== Array.isArray(other)) return false;
    const names = Object.keys(one);
    return names.length === Object.keys(other).length && names.every((name) => same(one[name], other[name]));
}

function shown(value) {
    const plain = (_, value) =>
        typeof value === "bigint"
            ? `${value}n`
            : value instanceof Map
              ? [...value]
              : value instanceof Error
                ? String(value)
                : value;
    return value === undefined ? "undefined" : JSON.stringify(value, plain);
}
