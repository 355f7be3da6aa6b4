// Writing protobuf's binary encoding.

/** Strings this short are written character by character, which costs less than asking the encoder. */
const SHORT_WRITE = 32;

const encoder = new TextEncoder();

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

    /** What `write` writes, with its length before it. */
    delimited(write) {
        const start = this.room(1);
        write();
        const length = this.at - start - 1;
        if (length > 127) {
            // Few messages are so long; what is behind their length moves.
            let size = 1;
            while (length >>> (7 * size)) size += 1;
            this.room(size - 1);
            this.bytes.copyWithin(start + size, start + 1, this.at - size + 1);
            this.at = start;
            this.varint(length);
            this.at += length;
        } else {
            this.bytes[start] = length;
        }
    }

    string(text) {
        this.delimited(() => {
            const { length } = text;
            const start = this.room(3 * length);
            let at = start;
            if (length <= SHORT_WRITE) {
                for (let index = 0; index < length; index += 1) {
                    const unit = text.charCodeAt(index);
                    if (unit > 127) break;
                    this.bytes[at++] = unit;
                }
            }
            if (at - start < length) at = start + encoder.encodeInto(text, this.bytes.subarray(start)).written;
            this.at = at;
        });
    }

    /** A number of a fixed length, by this method of `DataView`. */
    fixed(method, count, value) {
        const at = this.room(count);
        this.view[method](at, value, true);
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
