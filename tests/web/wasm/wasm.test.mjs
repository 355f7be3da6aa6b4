// Every case of src/cases, in every place.

import { test } from "node:test";
import { names, places } from "./places.mjs";

const all = await names();
for (const [place, run] of Object.entries(await places())) {
    for (const name of all) {
        test(`${place}: ${name}`, { timeout: 60_000 }, (test) => run(test, name));
    }
}
