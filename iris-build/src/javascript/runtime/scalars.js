// The types of protobuf's language: how each is checked, read and written, and what it is where it was left out.

import { Invalid } from "./invalid.js";

/** Refuses a value. */
function refuse(value, type) {
    let shown = typeof value;
    if (["number", "bigint", "boolean", "string"].includes(shown)) shown = String(value).slice(0, 50);
    throw new Invalid(`\`${shown}\` is no ${type}`);
}

/** A type of numbers of 32 bits. */
function integer(name, least, most, wire, read, write) {
    return {
        wire,
        zero: 0,
        packs: true,
        check: (value) => (Number.isInteger(value) && value >= least && value <= most ? value : refuse(value, name)),
        isZero: (value) => value === 0,
        read,
        write,
    };
}

/** A type of numbers of 64 bits. */
function long(name, wrap, wire, read, write) {
    return {
        wire,
        zero: 0n,
        packs: true,
        check: (value) => {
            const whole = Number.isSafeInteger(value) ? BigInt(value) : value;
            return typeof whole === "bigint" && wrap(64, whole) === whole ? whole : refuse(value, name);
        },
        isZero: (value) => value === 0n,
        read,
        write,
    };
}

const LEAST_32 = -(2 ** 31);
const MOST_32 = 2 ** 31 - 1;
const MOST_UNSIGNED_32 = 2 ** 32 - 1;

/** Writes a signed number of 32 bits as one of 64, as protobuf has it. */
const writeSigned = (writer, value) => writer.varint(value, value >> 31);

export const INT32 = /* @__PURE__ */ integer("int32", LEAST_32, MOST_32, 0, (reader) => reader.varint(), writeSigned);

/** The number of an enum's value, known or not. */
export const ENUMERATION = /* @__PURE__ */ integer(
    "number of an enum",
    LEAST_32,
    MOST_32,
    0,
    (reader) => reader.varint(),
    writeSigned,
);

export const UINT32 = /* @__PURE__ */ integer(
    "uint32",
    0,
    MOST_UNSIGNED_32,
    0,
    (reader) => reader.varint() >>> 0,
    (writer, value) => writer.varint(value),
);

export const SINT32 = /* @__PURE__ */ integer(
    "sint32",
    LEAST_32,
    MOST_32,
    0,
    (reader) => {
        const value = reader.varint();
        return (value >>> 1) ^ -(value & 1);
    },
    (writer, value) => writer.varint((value << 1) ^ (value >> 31)),
);

export const FIXED32 = /* @__PURE__ */ integer(
    "fixed32",
    0,
    MOST_UNSIGNED_32,
    5,
    (reader) => reader.view.getUint32(reader.take(4), true),
    (writer, value) => writer.fixed("setUint32", 4, value),
);

export const SFIXED32 = /* @__PURE__ */ integer(
    "sfixed32",
    LEAST_32,
    MOST_32,
    5,
    (reader) => reader.view.getInt32(reader.take(4), true),
    (writer, value) => writer.fixed("setInt32", 4, value),
);

/** A varint of 64 bits, as a number without a sign. */
function readLong(reader) {
    const low = reader.varint() >>> 0;
    return reader.high === 0 ? BigInt(low) : (BigInt(reader.high >>> 0) << 32n) | BigInt(low);
}

const writeLong = (writer, value) =>
    writer.varint(Number(BigInt.asIntN(32, value)), Number(BigInt.asIntN(32, value >> 32n)));

export const INT64 = /* @__PURE__ */ long(
    "int64",
    BigInt.asIntN,
    0,
    (reader) => BigInt.asIntN(64, readLong(reader)),
    writeLong,
);

export const UINT64 = /* @__PURE__ */ long("uint64", BigInt.asUintN, 0, readLong, writeLong);

export const SINT64 = /* @__PURE__ */ long(
    "sint64",
    BigInt.asIntN,
    0,
    (reader) => {
        const value = readLong(reader);
        return (value >> 1n) ^ -(value & 1n);
    },
    (writer, value) => writeLong(writer, (value << 1n) ^ (value >> 63n)),
);

export const FIXED64 = /* @__PURE__ */ long(
    "fixed64",
    BigInt.asUintN,
    1,
    (reader) => reader.view.getBigUint64(reader.take(8), true),
    (writer, value) => writer.fixed("setBigUint64", 8, value),
);

export const SFIXED64 = /* @__PURE__ */ long(
    "sfixed64",
    BigInt.asIntN,
    1,
    (reader) => reader.view.getBigInt64(reader.take(8), true),
    (writer, value) => writer.fixed("setBigInt64", 8, value),
);

export const FLOAT = {
    wire: 5,
    zero: 0,
    packs: true,
    check: (value) =>
        typeof value === "number" && (Number.isFinite(Math.fround(value)) || !Number.isFinite(value))
            ? value
            : refuse(value, "float"),
    isZero: (value) => Object.is(value, 0),
    read: (reader) => reader.view.getFloat32(reader.take(4), true),
    write: (writer, value) => writer.fixed("setFloat32", 4, value),
};

export const DOUBLE = {
    wire: 1,
    zero: 0,
    packs: true,
    check: (value) => (typeof value === "number" ? value : refuse(value, "double")),
    isZero: (value) => Object.is(value, 0),
    read: (reader) => reader.view.getFloat64(reader.take(8), true),
    write: (writer, value) => writer.fixed("setFloat64", 8, value),
};

export const BOOL = {
    wire: 0,
    zero: false,
    packs: true,
    check: (value) => (typeof value === "boolean" ? value : refuse(value, "boolean")),
    isZero: (value) => !value,
    read: (reader) => (reader.varint() | reader.high) !== 0,
    write: (writer, value) => writer.varint(value ? 1 : 0),
};

export const STRING = {
    wire: 2,
    zero: "",
    check: (value) => {
        if (typeof value !== "string") refuse(value, "string");
        // Half of a pair has no UTF-8; older browsers send a replacement character.
        if (value.isWellFormed?.() === false) throw new Invalid("it is no well-formed Unicode");
        return value;
    },
    isZero: (value) => value === "",
    read: (reader) => reader.string(),
    write: (writer, value) => writer.string(value),
};

export const BYTES = {
    wire: 2,
    zero: /* @__PURE__ */ new Uint8Array(),
    // Not by `instanceof`: in workers and in test environments there are several of the name.
    check: (value) =>
        ArrayBuffer.isView(value) && value.BYTES_PER_ELEMENT === 1 ? value : refuse(value, "Uint8Array"),
    isZero: (value) => value.length === 0,
    // A copy, which does not keep the whole answer alive.
    read: (reader) => reader.delimited().slice(),
    write: (writer, value) => {
        writer.varint(value.length);
        writer.raw(value);
    },
};
