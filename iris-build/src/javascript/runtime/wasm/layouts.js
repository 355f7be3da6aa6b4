// The layouts of messages, as WebAssembly is told of them: words, one layout behind the other (iris-decoder, layout.rs).

import { planned } from "../message.js";

/** How many words come before the fields, how many tell of one, and which of them says where its message's layout begins. */
const LAYOUT_HEAD = 2;
const ENTRY = 6;
const INNER = 3;

/** Those of all messages that were met, and where each begins. */
const met = [];
const begins = /* @__PURE__ */ new Map();
let table;

/** The words of all of them, an even number. */
export function layouts() {
    if (met.length & 1) met.push(0);
    if (table?.length !== met.length) table = Uint32Array.from(met);
    return table;
}

/** Where a layout begins. It is put there the first time, with those of the messages inside of it. */
export function layoutAt(layout) {
    let begin = begins.get(layout);
    if (begin === undefined) {
        begin = met.length;
        begins.set(layout, begin);
        const [size, ...fields] = layout;
        met.push(size, fields.length);
        for (const [number, kind, place, , presence = 0, mark = 1] of fields) met.push(number, kind, place, 0, presence, mark);
        fields.forEach(({ [INNER]: inner }, index) => {
            // Entries of maps have no function.
            if (inner) met[begin + LAYOUT_HEAD + ENTRY * index + INNER] = layoutAt(inner.call ? planned(inner).fields.laid.layout : inner);
        });
    }
    return begin;
}
