// Reading messages by WebAssembly, which lays them out (iris-decoder), and making objects of what it leaves.

import { planned, readMessage } from "../message.js";
import { layoutAt, layouts } from "./layouts.js";
import { program } from "./program.js";
import { Room } from "./room.js";
import { Tape } from "./tape.js";

/** A message of fewer bytes is read by JavaScript sooner than it is carried over. */
const SMALLEST = 512;

/** A message of more is read by JavaScript: laid out it takes ten times as much memory. */
const LARGEST = 16_777_216;

/** Memory in bytes that is kept for the next message. */
const KEPT = 33_554_432;

/** What of memory is added at once, in bytes. */
const PAGE = 65_536;

/** What `decode_message` gives where there were too few words. */
const TOO_FEW = 1;

/** The exports of the program that runs, and how many words of layouts are in its memory. */
let running;
let known = 0;

/** The message of these bytes, with all of its fields. */
export function decode(message, bytes) {
    const { laid } = planned(message).fields;
    if (laid?.isLong && bytes.length >= SMALLEST && bytes.length <= LARGEST) {
        try {
            const tape = laidOut(laid, bytes);
            if (tape) return laid.make(tape, tape.root);
        } catch {
            // There is no memory, or a long text is no UTF-8. What is in memory is of no use any more.
            running = undefined;
        }
    }
    // It reads all that can be read, and knows the words for what is wrong.
    return readMessage(message, bytes);
}

/** What WebAssembly makes of a message. `undefined` where it has no answer. */
function laidOut(laid, bytes) {
    if (!running) {
        running = program();
        known = 0;
        if (!running) return undefined;
    }
    const root = layoutAt(laid.layout);
    const table = layouts();
    const room = new Room(running.__heap_base.value, table.length, bytes.length, laid.isSparse);
    const buffer = memory(running.memory, room.end);
    if (known !== table.length) new Uint32Array(buffer, room.at).set(table);
    known = table.length;
    new Uint8Array(buffer, room.messageAt).set(bytes);
    const { at, words, windows, length } = room;
    const block = running.decode_message(at, known, words, windows, length, root);
    // The objects are made before the next message is read, so that what is in memory may be used until then.
    if (buffer.byteLength > KEPT) running = undefined;
    if (block > TOO_FEW) return new Tape(bytes, buffer, room, block);
    // The next one gets more; where that is not enough either, more would be dearer than JavaScript.
    if (block === TOO_FEW) [laid.isSparse, laid.isLong] = [true, !laid.isSparse];
    return undefined;
}

/** Memory of at least so many bytes. */
function memory(memory, bytes) {
    const missing = bytes - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
    return memory.buffer;
}

/**
 * The fields of a message, with the function that makes an object of its block, and how the block is laid out. Of messages
 * without lists of messages not much comes at once, or nothing that JavaScript reads slowly: they are not `isLong`.
 */
export const laid = (fields, make, layout, isLong) => Object.assign(fields, { laid: { make, layout, isLong } });

/** For messages with lists of messages in them. */
export const LONG = true;
