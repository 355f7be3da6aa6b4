// The types of protobuf's language: how each is checked, read and written, and what it is where it was left out.

import { Invalid } from "./invalid.js";

/** Refuses a value. */
function refuse(value, type) {
    let shown = typeof value;
    if (["number", "bigint", "boolean", "string"].includes(shown)) shown = String(value).slice(0, 50);
    throw new Invalid(`\`${shown}\` is no ${type}`);
}

/** A type of whole numbers. */
function integer(name, zero, isWhole, least, most, wire, read, write) {
    return {
        wire,
        zero,
        packs: true,
        check: (value) => (isWhole(value) && value >= least && value <= most ? value : refuse(value, name)),
        isZero: (value) => !value,
        read,
        write,
    };
}

const integer32 = (name, least, most, wire, read, write) =>
    integer(name, 0, Number.isInteger, least, most, wire, read, write);

/** Numbers of 64 bits are read as `bigint`, and taken as `number` too where that is exact. */
const integer64 = (name, least, most, wire, read, write) =>
    integer(
        name,
        0n,
        (value) => typeof value === "bigint" || Number.isSafeInteger(value),
        least,
        most,
        wire,
        read,
        write,
    );

const LEAST_32 = -2_147_483_648;
const MOST_32 = 2_147_483_647;
const MOST_UNSIGNED_32 = 4_294_967_295;
const LEAST_64 = -9_223_372_036_854_775_808n;
const MOST_64 = 9_223_372_036_854_775_807n;
const MOST_UNSIGNED_64 = 18_446_744_073_709_551_615n;

/** Writes a signed number of 32 bits as one of 64, as protobuf has it. */
const writeSigned = (writer, value) => writer.varint(value, value >> 31);

export const INT32 = /* @__PURE__ */ integer32(
    "int32",
    LEAST_32,
    MOST_32,
    0,
    (reader) => reader.varint(),
    writeSigned,
);

/** The number of an enum's value, known or not. */
export const ENUMERATION = /* @__PURE__ */ integer32(
    "number of an enum",
    LEAST_32,
    MOST_32,
    0,
    (reader) => reader.varint(),
    writeSigned,
);

export const UINT32 = /* @__PURE__ */ integer32(
    "uint32",
    0,
    MOST_UNSIGNED_32,
    0,
    (reader) => reader.varint() >>> 0,
    (writer, value) => writer.varint(value),
);

export const SINT32 = /* @__PURE__ */ integer32(
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

export const FIXED32 = /* @__PURE__ */ integer32(
    "fixed32",
    0,
    MOST_UNSIGNED_32,
    5,
    (reader) => reader.view.getUint32(reader.take(4), true),
    (writer, value) => writer.wide(4).setUint32(writer.at - 4, value, true),
);

export const SFIXED32 = /* @__PURE__ */ integer32(
    "sfixed32",
    LEAST_32,
    MOST_32,
    5,
    (reader) => reader.view.getInt32(reader.take(4), true),
    (writer, value) => writer.wide(4).setInt32(writer.at - 4, value, true),
);

/** A varint of 64 bits, as a number without a sign. */
function readLong(reader) {
    const low = reader.varint() >>> 0;
    return reader.high === 0 ? BigInt(low) : (BigInt(reader.high >>> 0) << 32n) | BigInt(low);
}

function writeLong(writer, value) {
    const number = Number(value);
    // Most are small, and cheaper to take apart as numbers.
    if (Number.isSafeInteger(number)) writer.varint(number | 0, Math.floor(number / 4_294_967_296));
    else writer.varint(Number(BigInt.asIntN(32, value)), Number(BigInt.asIntN(32, value >> 32n)));
}

export const INT64 = /* @__PURE__ */ integer64(
    "int64",
    LEAST_64,
    MOST_64,
    0,
    (reader) => {
        const value = readLong(reader);
        return reader.high < 0 ? BigInt.asIntN(64, value) : value;
    },
    writeLong,
);

export const UINT64 = /* @__PURE__ */ integer64("uint64", 0, MOST_UNSIGNED_64, 0, readLong, writeLong);

export const SINT64 = /* @__PURE__ */ integer64(
    "sint64",
    LEAST_64,
    MOST_64,
    0,
    (reader) => {
        const value = readLong(reader);
        return (value >> 1n) ^ -(value & 1n);
    },
    (writer, value) => {
        const whole = BigInt(value);
        writeLong(writer, BigInt.asUintN(64, (whole << 1n) ^ (whole >> 63n)));
    },
);

export const FIXED64 = /* @__PURE__ */ integer64(
    "fixed64",
    0,
    MOST_UNSIGNED_64,
    1,
    (reader) => reader.view.getBigUint64(reader.take(8), true),
    (writer, value) => writer.wide(8).setBigUint64(writer.at - 8, BigInt(value), true),
);

export const SFIXED64 = /* @__PURE__ */ integer64(
    "sfixed64",
    LEAST_64,
    MOST_64,
    1,
    (reader) => reader.view.getBigInt64(reader.take(8), true),
    (writer, value) => writer.wide(8).setBigInt64(writer.at - 8, BigInt(value), true),
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
    write: (writer, value) => writer.wide(4).setFloat32(writer.at - 4, value, true),
};

export const DOUBLE = {
    wire: 1,
    zero: 0,
    packs: true,
    check: (value) => (typeof value === "number" ? value : refuse(value, "double")),
    isZero: (value) => Object.is(value, 0),
    read: (reader) => reader.view.getFloat64(reader.take(8), true),
    write: (writer, value) => writer.wide(8).setFloat64(writer.at - 8, value, true),
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
    // Each message has its own: who has one may change it, or give it away.
    fresh: () => new Uint8Array(),
    // Not by `instanceof`: in workers and in test environments there are several of the name.
    check: (value) =>
        ArrayBuffer.isView(value) && value.BYTES_PER_ELEMENT === 1 ? value : refuse(value, "Uint8Array"),
    isZero: (value) => value.length === 0,
    // A copy, which does not keep the whole answer alive.
    read: (reader) => reader.copied(),
    write: (writer, value) => {
        writer.varint(value.length);
        writer.raw(value);
    },
};
