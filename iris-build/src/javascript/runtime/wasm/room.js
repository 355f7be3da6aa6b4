// Where a message lies in WebAssembly's memory, and what is made of it (iris-decoder, exports.rs).

/** So many words for each byte of a small message: its blocks have room for fields that are not there. */
const MOST_WORDS = 8;
/** Of a large one, beside a number of words that is the same for all. */
const LEAST_WORDS = 2;
const MORE_WORDS = 1_048_576;

/** Parts of memory, one behind the other, each as `decode_message` is told of it. Those that are not used cost no memory. */
export class Room {
    constructor(heap, length, layouts) {
        this.length = length;
        this.layouts = layouts;
        /** Blocks. Numbers of 64 bits among them stand at multiples of 8. */
        this.at = (heap + 7) & ~7;
        this.words = Math.min(MOST_WORDS * length, LEAST_WORDS * length + MORE_WORDS) + 1024;
        /** Where windows of texts begin: at most two for each 16,384 units, and the end. */
        this.windowsAt = this.at + 4 * this.words;
        this.windows = (length >>> 13) + 4;
        this.layoutsAt = this.windowsAt + 4 * this.windows;
        this.messageAt = this.layoutsAt + 4 * layouts;
        this.textAt = this.messageAt + length;
        this.end = this.textAt + length;
    }
}
