// What WebAssembly leaves of a message (iris-decoder): a block of words for each message in it, and its texts.
//
// A place is counted in words. The first word of a block, or of a cell in a list, is where the next one begins, or 0.

import { planned } from "../message.js";
import { decoder } from "../reader.js";

/** How many units of UTF-16 a window of texts has: 2 to the power of this. A text that is cut out keeps its window. */
const WINDOW_BITS = 11;

/** Set in the length of a text that is in the message, and has its place and length there, in bytes. */
const IN_MESSAGE = 2_147_483_648;

/** Reads values at their places. */
export class Tape {
    #windows = [];

    constructor(message, buffer, { wordsAt: at, words, windowsAt, windows, textAt, length }, root) {
        this.root = root;
        this.given = message;
        this.words = new Uint32Array(buffer, at, words);
        this.signed = new Int32Array(buffer, at, words);
        this.floats = new Float32Array(buffer, at, words);
        this.doubles = new Float64Array(buffer, at, words >> 1);
        this.longs = new BigUint64Array(buffer, at, words >> 1);
        this.signedLongs = new BigInt64Array(buffer, at, words >> 1);
        this.begins = new Uint32Array(buffer, windowsAt, windows);
        this.text = new Uint8Array(buffer, textAt, length);
    }

    /** Whether a field is there, and is the one with this mark. */
    has(at, mark = 1) {
        return this.words[at] === mark;
    }

    uint32(at) {
        return this.words[at];
    }

    int32(at) {
        return this.signed[at];
    }

    bool(at) {
        return this.words[at] !== 0;
    }

    float(at) {
        return this.floats[at];
    }

    double(at) {
        return this.doubles[at >> 1];
    }

    uint64(at) {
        return this.longs[at >> 1];
    }

    int64(at) {
        return this.signedLongs[at >> 1];
    }

    bytes(at) {
        const begin = this.words[at];
        return this.given.slice(begin, begin + this.words[at + 1]);
    }

    string(at) {
        const length = this.words[at + 1];
        if (length === 0) return "";
        const unit = this.words[at];
        // A long one is where it was in the message.
        if (length >= IN_MESSAGE) return decoder.decode(this.given.subarray(unit, unit + length - IN_MESSAGE));
        const window = unit >>> WINDOW_BITS;
        const begin = unit - (window << WINDOW_BITS);
        return (this.#windows[window] ??= this.#decoded(window)).substring(begin, begin + length);
    }

    #decoded(window) {
        return decoder.decode(this.text.subarray(this.begins[window], this.begins[window + 1]));
    }

    message(at, message) {
        const block = this.words[at];
        return block ? planned(message).fields.laid.make(this, block) : undefined;
    }

    /** A list of messages. */
    messages(at, message) {
        const { make } = planned(message).fields.laid;
        const list = [];
        for (let block = this.words[at]; block; block = this.words[block]) list.push(make(this, block));
        return list;
    }

    /** A list of anything else: the name of its method, and how many words a value takes. */
    list(at, type, size = 1) {
        const list = [];
        for (let cell = this.words[at]; cell; cell = this.words[cell]) {
            const end = cell + 2 + size * this.words[cell + 1];
            for (let value = cell + 2; value < end; value += size) list.push(this[type](value));
        }
        return list;
    }

    /** A map, of whose entries two functions give the key and the value. */
    map(at, key, value) {
        const map = new Map();
        for (let entry = this.words[at]; entry; entry = this.words[entry]) map.set(key(entry), value(entry));
        return map;
    }
}
