// Messages as a whole. What a message consists of is given as a function that lists its fields; it is asked once.

import { Invalid, invalidIn } from "./invalid.js";
import { DEEPEST, Reader } from "./reader.js";
import { Writer } from "./writer.js";

/** The encoded form of what a caller gave. Fields that are left out have their defaults. */
export function encode(message, init) {
    const writer = new Writer();
    writeFields(planned(message), writer, checkMessage(init), DEEPEST);
    return writer.done();
}

/** The message of these bytes, with all of its fields, read field by field. */
export function readMessage(message, bytes) {
    return readFields(planned(message), new Reader(bytes), bytes.length, 0, undefined, DEEPEST);
}

/** What is known of a message's fields, put as reading and writing need it. */
export function planned(message) {
    return (message.plan ??= plan(message()));
}

function plan(fields) {
    const listed = fields.flatMap((field) => field.members ?? [field]);
    // Behind an element of a list there may be another.
    listed.forEach((field, index) => (field.next = field.isList ? index : index + 1));
    return {
        fields,
        listed,
        numbered: new Map(listed.map((field) => [field.number, field])),
        template: Object.fromEntries(fields.map(({ name, initial }) => [name, initial])),
        fresh: fields.filter((field) => field.fresh),
    };
}

/** A message in which nothing has been read. */
export function begun(message) {
    return started(planned(message));
}

function started({ template, fresh }) {
    const message = { ...template };
    for (const field of fresh) message[field.name] = field.fresh();
    return message;
}

/** Reads up to a position, or up to the tag that ends a group; into `previous` where there is one. */
function readFields(plan, reader, end, groupEnd, previous, levels) {
    const message = previous ?? started(plan);
    const { listed, numbered } = plan;
    let field;
    let next = 0;
    try {
        while (groupEnd || reader.at < end) {
            field = undefined;
            const tag = reader.tag();
            if (tag === groupEnd) return message;
            // Most often fields come in their order.
            field = listed[next];
            if (field?.number !== tag >>> 3) field = numbered.get(tag >>> 3);
            if (field) {
                field.read(reader, message, tag & 7, levels);
                next = field.next;
            } else {
                reader.skip(tag, levels);
            }
        }
        field = undefined;
        if (reader.at > end) throw new Invalid("a field goes on behind its message's end");
    } catch (error) {
        throw invalidIn(field?.name, error);
    }
    return message;
}

function writeFields({ fields }, writer, init, levels) {
    for (const field of fields) {
        const value = init[field.name] ?? field.missing;
        if (value === undefined) continue;
        try {
            field.write(writer, value, levels);
        } catch (error) {
            throw invalidIn(field.name, error);
        }
    }
}

/** Messages as the type of a field. */
export function nested(message) {
    return {
        wire: 2,
        check: checkMessage,
        read(reader, levels, previous) {
            const end = reader.length() + reader.at;
            return readFields(planned(message), reader, end, 0, previous, within(levels));
        },
        write(writer, value, levels) {
            const start = writer.begin();
            writeFields(planned(message), writer, value, within(levels));
            writer.end(start);
        },
    };
}

/** Messages as the type of a field in proto2's old form: between two tags in place of behind a length. */
export function group(number, message) {
    return {
        wire: 3,
        check: checkMessage,
        read: (reader, levels, previous) =>
            readFields(planned(message), reader, 0, (number << 3) | 4, previous, within(levels)),
        write(writer, value, levels) {
            writeFields(planned(message), writer, value, within(levels));
            writer.tag(number, 4);
        },
    };
}

function checkMessage(value) {
    if (value === null || typeof value !== "object") throw new Invalid(`\`${value}\` is no message`);
    return value;
}

/** One level further down. */
function within(levels) {
    if (levels === 0) throw new Invalid(`it is more than ${DEEPEST} messages deep`);
    return levels - 1;
}
