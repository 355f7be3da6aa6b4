// Where a message lies in WebAssembly's memory, and what is made of it (iris-decoder, exports.rs).

/** How many words there are for each byte of a message: its blocks have room for fields that are not there. */
const WORDS = 2;

/** How many more of a message of which that was too few, and how many there are at most, but for those [WORDS]. */
const MORE = 16;
const MOST_WORDS = 4_194_304;

/** Parts of memory, one behind the other, each as `decode_message` is told of it. Those that are not used cost no memory. */
export class Room {
    constructor(heap, layouts, length, isSparse) {
        this.length = length;
        /** Numbers of 64 bits in what follows stand at multiples of 8. */
        this.at = (heap + 7) & ~7;
        this.wordsAt = this.at + 4 * layouts;
        const enough = WORDS * length;
        this.words = 1024 + (isSparse ? Math.max(enough, Math.min(MORE * enough, MOST_WORDS)) : enough);
        /** Windows of texts, of 2,048 units, two of which have more than that in them; and the end. */
        this.windowsAt = this.wordsAt + 4 * this.words;
        this.windows = (length >>> 10) + 4;
        this.messageAt = this.windowsAt + 4 * this.windows;
        this.textAt = this.messageAt + length;
        this.end = this.textAt + length;
    }
}
