// Reading messages by WebAssembly, which lays them out (iris-decoder), and making objects of what it leaves.

import { planned, readMessage } from "../message.js";
import { layoutAt, layouts } from "./layouts.js";
import { program } from "./program.js";
import { Room } from "./room.js";
import { Tape } from "./tape.js";

/** A message of fewer bytes is read by JavaScript sooner than it is carried over. */
const SMALLEST = 256;

/** A message of more is read by JavaScript: laid out it takes ten times as much memory. */
const LARGEST = 16_777_216;

/** Memory in bytes that is kept for the next message. */
const KEPT = 8_388_608;

/** What of memory is added at once, in bytes. */
const PAGE = 65_536;

/** The program that runs. */
let running;

/** The message of these bytes, with all of its fields. */
export function decode(message, bytes) {
    if (bytes.length >= SMALLEST && bytes.length <= LARGEST) {
        const { laid } = planned(message).fields;
        const tape = laid && laidOut(laid, bytes);
        if (tape) return laid.make(tape, tape.root);
    }
    // It reads all that can be read, and knows the words for what is wrong.
    return readMessage(message, bytes);
}

/** What WebAssembly makes of a message. `undefined` where it has no answer. */
function laidOut({ layout }, bytes) {
    try {
        running ??= program();
        if (!running) return undefined;
        const root = layoutAt(layout);
        const told = layouts();
        const room = new Room(running.__heap_base.value, bytes.length, told.length);
        const buffer = memory(running.memory, room.end);
        new Uint32Array(buffer, room.layoutsAt).set(told);
        new Uint8Array(buffer, room.messageAt).set(bytes);
        const { at, words, windows, length } = room;
        const block = running.decode_message(at, words, windows, told.length, length, root);
        // The objects are made before the next message is read, so that what is in memory may be used until then.
        if (buffer.byteLength > KEPT) running = undefined;
        return block ? new Tape(bytes, buffer, room, block) : undefined;
    } catch {
        // There is no memory, say. What is in it is of no use any more.
        running = undefined;
        return undefined;
    }
}

/** Memory of at least so many bytes. */
function memory(memory, bytes) {
    const missing = bytes - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
    return memory.buffer;
}

/** The fields of a message, with the function that makes an object of its block, and how the block is laid out. */
export const laid = (fields, make, layout) => Object.assign(fields, { laid: { make, layout } });
