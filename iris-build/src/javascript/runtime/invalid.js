// What is wrong with a message, and in which of its fields.

import { textOf } from "./error.js";

/** A message that has no encoded form, or bytes that are no message. */
export class Invalid extends Error {
    /** The same, of a field of a message. */
    in(name) {
        this.path = this.path ? `${name}.${this.path}` : name;
        return this;
    }

    /** The field's path, and what is wrong with it. */
    toString() {
        return this.path ? `${this.path}: ${this.message}` : this.message;
    }
}

/** Any failure while a field is read or written, as one of that field. */
export function invalidIn(name, error) {
    const invalid = error instanceof Invalid ? error : new Invalid(textOf(error), { cause: error });
    return name === undefined ? invalid : invalid.in(name);
}
