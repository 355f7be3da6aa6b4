// Reading protobuf's binary encoding (https://protobuf.dev/programming-guides/encoding/).

import { Invalid } from "./invalid.js";

/** How many messages may be inside of each other, as for servers. */
export const DEEPEST = 100;

/** Strings shorter than this are made of all their characters at once, which costs less than asking the decoder. */
const SHORT_READ = 48;
/** For each such length, what holds the characters. Adding one to the next would leave a string behind for each of them. */
const characters = /* @__PURE__ */ Array.from({ length: SHORT_READ }, (_, length) => Array(length).fill(0));

export const decoder = /* @__PURE__ */ new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A position in bytes. */
export class Reader {
    at = 0;
    /** The upper half of the last varint. */
    high = 0;

    constructor(bytes) {
        this.bytes = bytes;
        this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }

    /** Passes over so many bytes; gives the position of the first. */
    take(count) {
        const at = this.at;
        if (count > this.bytes.length - at) throw new Invalid("the message is cut off");
        this.at += count;
        return at;
    }

    /** A varint: its lower half as a signed number. The upper half is in `high`. */
    varint() {
        const bytes = this.bytes;
        let byte = bytes[this.at++];
        this.high = 0;
        if (byte < 128) return byte;
        let low = byte & 127;
        for (let shift = 7; shift < 28; shift += 7) {
            byte = bytes[this.at++];
            low |= (byte & 127) << shift;
            if (byte < 128) return low;
        }
        byte = bytes[this.at++];
        low |= byte << 28;
        this.high = (byte & 127) >> 4;
        if (byte < 128) return low;
        for (let shift = 3; shift < 31; shift += 7) {
            byte = bytes[this.at++];
            this.high |= (byte & 127) << shift;
            if (byte < 128) return low;
        }
        byte = bytes[this.at++];
        // Beyond the end there is `undefined`, which is not below either.
        if (!(byte < 2)) throw new Invalid("a number is too long or cut off");
        this.high |= byte << 31;
        return low;
    }

    /** A length, for which there are bytes. */
    length() {
        const length = this.varint() >>> 0;
        if (this.high !== 0 || length > this.bytes.length - this.at) throw new Invalid("the message is cut off");
        return length;
    }

    /** The bytes behind a length, copied. */
    copied() {
        const length = this.length();
        const at = this.take(length);
        return this.bytes.slice(at, at + length);
    }

    string() {
        const length = this.length();
        const end = this.at + length;
        if (length < SHORT_READ) {
            const { bytes, at } = this;
            const codes = characters[length];
            let all = 0;
            for (let index = 0; index < length; index += 1) all |= codes[index] = bytes[at + index];
            if (all < 128) {
                this.at = end;
                return String.fromCharCode.apply(null, codes);
            }
        }
        try {
            return decoder.decode(this.bytes.subarray(this.at, end));
        } catch (cause) {
            throw new Invalid("it is no UTF-8", { cause });
        } finally {
            this.at = end;
        }
    }

    /** A field's number and wire type. */
    tag() {
        const tag = this.varint() >>> 0;
        if (this.high !== 0 || tag < 8 || (tag & 7) > 5) throw new Invalid("a field has a number or a wire type that is none");
        return tag;
    }

    /** Passes over a field that is not known. */
    skip(tag, levels) {
        if (levels === 0) throw new Invalid(`it is more than ${DEEPEST} messages deep`);
        switch (tag & 7) {
            case 0:
                this.varint();
                break;
            case 1:
                this.take(8);
                break;
            case 2:
                this.take(this.length());
                break;
            case 3:
                for (let inner; (inner = this.tag()) !== tag + 1; ) this.skip(inner, levels - 1);
                break;
            case 5:
                this.take(4);
                break;
            default:
                throw new Invalid("a group ends that did not begin");
        }
    }
}
