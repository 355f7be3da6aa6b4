// Reading large messages by WebAssembly, which lays them out (iris-decoder), and objects made of what it leaves.

import { planned, readHere } from "../message.js";
import { program } from "./program.js";
import { Tape } from "./tape.js";

/** A message of fewer bytes is read by JavaScript sooner than it is carried over. */
const SMALLEST = 256;

/** A message of more is read by JavaScript: laid out it takes ten times as much memory. */
const LARGEST = 16_777_216;

/** Memory in bytes that is kept for the next message. */
const KEPT = 8_388_608;

/** The layouts of all messages that were met, and where each begins. */
const layouts = [];
const begins = /* @__PURE__ */ new Map();
/** The same, as WebAssembly takes them. */
let table;

let running;

/** The message of these bytes, with all of its fields. */
export function decode(message, bytes) {
    if (bytes.length >= SMALLEST && bytes.length <= LARGEST) {
        const { fields } = planned(message);
        const tape = fields.make && laidOut(fields, bytes);
        if (tape) return fields.make(tape, tape.root);
    }
    // It reads all that can be read, and knows the words for what is wrong.
    return readHere(message, bytes);
}

/** What WebAssembly makes of a message. `undefined` where it has no answer. */
function laidOut({ layout }, bytes) {
    const root = enlisted(layout);
    if (table?.length !== layouts.length) table = Uint32Array.from(layouts);
    const { length } = bytes;
    try {
        running ??= program();
        if (!running) return undefined;
        const { memory, __heap_base, decode_message } = running;
        const at = (__heap_base.value + 7) & ~7;
        // Blocks of many fields, few of which are there, take more room than their messages have. Room that is not used costs
        // no memory.
        const words = Math.min(8 * length, 2 * length + 1_048_576) + 1024;
        const windows = (length >>> 13) + 4;
        const layoutsAt = at + 4 * (words + windows);
        const bytesAt = layoutsAt + 4 * layouts.length;
        const textAt = bytesAt + length;
        const missing = textAt + length - memory.buffer.byteLength;
        if (missing > 0) memory.grow(Math.ceil(missing / 65_536));
        const { buffer } = memory;
        new Uint32Array(buffer, layoutsAt).set(table);
        new Uint8Array(buffer, bytesAt).set(bytes);
        const block = decode_message(at, words, windows, layouts.length, length, root);
        // The objects are made before the next message is read, so that what is in memory may be used until then.
        if (buffer.byteLength > KEPT) running = undefined;
        return block ? new Tape(bytes, buffer, at, words, windows, textAt, block) : undefined;
    } catch {
        // There is no memory, say. What is in it is of no use any more.
        running = undefined;
        return undefined;
    }
}

/** Where a layout begins among all. It is put there the first time, with those of the messages inside of it. */
function enlisted(layout) {
    let begin = begins.get(layout);
    if (begin === undefined) {
        begin = layouts.length;
        begins.set(layout, begin);
        const [size, ...fields] = layout;
        layouts.push(size, fields.length);
        for (const [number, kind, place, , presence = 0, mark = 1] of fields) layouts.push(number, kind, place, 0, presence, mark);
        fields.forEach(([, , , inner], index) => {
            if (inner) layouts[begin + 5 + 6 * index] = enlisted(Array.isArray(inner) ? inner : planned(inner).fields.layout);
        });
    }
    return begin;
}

/** The fields of a message, with how it is laid out and how an object is made of that. */
export const laid = (fields, make, layout) => Object.assign(fields, { make, layout });
