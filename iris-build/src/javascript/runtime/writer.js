// Writing protobuf's binary encoding.

/** Strings this short are written character by character, which costs less than asking the encoder. */
const SHORT_WRITE = 32;

const encoder = /* @__PURE__ */ new TextEncoder();

/** Bytes that grow. */
export class Writer {
    at = 0;

    constructor() {
        this.#hold(new Uint8Array(256));
    }

    #hold(bytes) {
        this.bytes = bytes;
        this.view = new DataView(bytes.buffer);
    }

    /** Makes room for so many bytes; gives the position of the first. */
    room(count) {
        const at = this.at;
        this.at += count;
        if (this.at > this.bytes.length) {
            const grown = new Uint8Array(Math.max(this.at, 2 * this.bytes.length));
            grown.set(this.bytes.subarray(0, at));
            this.#hold(grown);
        }
        return at;
    }

    /** A varint of 64 bits, given in halves. */
    varint(low, high = 0) {
        if (high === 0 && low >= 0 && low < 128) {
            // Making room may replace the bytes.
            const at = this.room(1);
            this.bytes[at] = low;
            return;
        }
        let at = this.room(10);
        const { bytes } = this;
        for (; high !== 0; high >>>= 7) {
            bytes[at++] = (low & 127) | 128;
            low = (low >>> 7) | (high << 25);
        }
        for (low >>>= 0; low > 127; low >>>= 7) bytes[at++] = (low & 127) | 128;
        bytes[at++] = low;
        this.at = at;
    }

    /** A field's number and wire type. */
    tag(number, wire) {
        this.varint((number << 3) | wire);
    }

    /** Begins what has its length before it; gives what [end] takes. */
    begin() {
        return this.room(1);
    }

    end(start) {
        const length = this.at - start - 1;
        if (length < 128) {
            this.bytes[start] = length;
            return;
        }
        // Few messages are so long; what is behind their length moves.
        let size = 1;
        while (length >>> (7 * size)) size += 1;
        this.room(size - 1);
        this.bytes.copyWithin(start + size, start + 1, this.at - size + 1);
        this.at = start;
        this.varint(length);
        this.at += length;
    }

    string(text) {
        const start = this.begin();
        const { length } = text;
        let at = this.room(3 * length);
        const { bytes } = this;
        if (length <= SHORT_WRITE) {
            for (let index = 0; index < length; index += 1) {
                const unit = text.charCodeAt(index);
                if (unit > 127) break;
                bytes[at++] = unit;
            }
        }
        if (at - start - 1 < length) at = start + 1 + encoder.encodeInto(text, bytes.subarray(start + 1)).written;
        this.at = at;
        this.end(start);
    }

    /** Makes room for so many bytes, and gives the view to write them in before [at]. */
    wide(count) {
        this.room(count);
        return this.view;
    }

    raw(bytes) {
        const at = this.room(bytes.length);
        this.bytes.set(bytes, at);
    }

    /** What was written. */
    done() {
        return this.bytes.subarray(0, this.at);
    }
}
