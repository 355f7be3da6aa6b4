// The kinds of fields: what each is in a message that has just begun, and how it is read and written.
//
// The type of a field is one of the scalars, or a message, which is given as the function that lists its fields: so
// messages may contain each other.

import { Invalid } from "./invalid.js";
import { begun, nested } from "./message.js";

const typed = (type) => (typeof type === "function" ? nested(type) : type);

function expectWire(type, wire) {
    if (type.wire !== wire) throw new Invalid(`its wire type is ${wire} and not ${type.wire}`);
}

function writeTagged(number, type, writer, value, levels) {
    const checked = type.check(value);
    writer.tag(number, type.wire);
    type.write(writer, checked, levels);
}

/** A scalar or an enum that is not sent where it has its default. */
export function field(number, name, type) {
    return {
        number,
        name,
        initial: type.zero,
        fresh: type.fresh,
        read(reader, message, wire) {
            expectWire(type, wire);
            message[name] = type.read(reader);
        },
        write(writer, value) {
            const checked = type.check(value);
            if (type.isZero(checked)) return;
            writer.tag(number, type.wire);
            type.write(writer, checked);
        },
    };
}

/** A field that may be absent, as messages always may. */
export function optional(number, name, of) {
    const type = typed(of);
    return {
        number,
        name,
        read(reader, message, wire, levels) {
            expectWire(type, wire);
            message[name] = type.read(reader, levels, message[name]);
        },
        write: (writer, value, levels) => writeTagged(number, type, writer, value, levels),
    };
}

/** A field that is always there: where it did not come, with its default, which of a message is that of all its fields. */
export function required(number, name, of, initial = of.zero) {
    return {
        ...optional(number, name, of),
        initial,
        missing: initial ?? {},
        fresh: typeof of === "function" ? () => begun(of) : of.fresh && (() => initial.slice()),
    };
}

/** A list whose elements are sent one by one. */
export function repeated(number, name, of) {
    const type = typed(of);
    return {
        number,
        name,
        isList: true,
        fresh: () => [],
        read(reader, message, wire, levels) {
            const list = message[name];
            if (wire === 2 && type.packs) {
                const end = reader.length() + reader.at;
                while (reader.at < end) list.push(type.read(reader));
                if (reader.at > end) throw new Invalid("its last number is cut off");
            } else {
                expectWire(type, wire);
                list.push(type.read(reader, levels));
            }
        },
        write(writer, value, levels) {
            for (const element of list(value)) writeTagged(number, type, writer, element, levels);
        },
    };
}

/** A list whose numbers are sent together. */
export function packed(number, name, type) {
    return {
        ...repeated(number, name, type),
        write(writer, value) {
            if (list(value).length === 0) return;
            writer.tag(number, 2);
            const start = writer.begin();
            for (const element of value) type.write(writer, type.check(element));
            writer.end(start);
        },
    };
}

function list(value) {
    if (!Array.isArray(value)) throw new Invalid("it is no array");
    return value;
}

/** A map. Its entries are sent as messages of a key and a value, either of which is its default where it is missing. */
export function map(number, name, key, value, initial) {
    const entry = nested(() => [field(1, "key", key), required(2, "value", value, initial)]);
    return {
        number,
        name,
        isList: true,
        fresh: () => new Map(),
        // The wire type is not looked at, since servers do not either.
        read(reader, message, wire, levels) {
            const read = entry.read(reader, levels);
            message[name].set(read.key, read.value);
        },
        write(writer, entries, levels) {
            if (!(entries instanceof Map)) throw new Invalid("it is no Map");
            for (const [key, value] of entries) writeTagged(number, entry, writer, { key, value }, levels);
        },
    };
}

/** Fields of which at most one is there, each as its number, its name and its type. */
export function oneof(name, ...listed) {
    const members = listed.map(([number, member, of]) => {
        const type = typed(of);
        return {
            number,
            name: member,
            type,
            read(reader, message, wire, levels) {
                expectWire(type, wire);
                const before = message[name]?.case === member ? message[name].value : undefined;
                message[name] = { case: member, value: type.read(reader, levels, before) };
            },
        };
    });
    return {
        name,
        members,
        write(writer, { case: chosen, value }, levels) {
            const member = members.find((member) => member.name === chosen);
            if (!member) throw new Invalid(`\`${chosen}\` is none of its cases`);
            writeTagged(member.number, member.type, writer, value, levels);
        },
    };
}
