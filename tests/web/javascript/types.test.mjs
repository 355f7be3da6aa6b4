// The types of the packages: TypeScript takes what users write, all that there is, and refuses what is wrong.

import assert from "node:assert/strict";
import { cp, readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Project } from "./host/project.mjs";
import { everythingFolder, packageFolder } from "./settings.mjs";

const TYPES = fileURLToPath(new URL("types/", import.meta.url));

let project;
before(async () => {
    project = await Project.with({ calls: packageFolder(), everything: everythingFolder() });
    await cp(TYPES, project.folder, { recursive: true });
});
after(() => project?.remove());

test("what users write is taken", async () => {
    assert.equal(await project.compile("sample.ts"), "");
});

test("all that the declarations export can be used", async () => {
    const lines = [];
    for (const [name, path] of [
        ["calls", packageFolder()],
        ["everything", everythingFolder()],
    ]) {
        const text = await readFile(join(path, "index.d.ts"), "utf8");
        const exported = [...text.matchAll(/^export (class|const|interface|type) (\w+)/gm)];
        assert.ok(exported.length > 20, `${name} exports ${exported.length}`);
        lines.push(`import * as ${name} from "${name}";`);
        for (const [, kind, type] of exported) {
            if (kind === "const" || kind === "class") lines.push(`export const ${name}_${type} = ${name}.${type};`);
            if (kind !== "const") lines.push(`export declare const ${name}_a_${type}: ${name}.${type};`);
            // What may be given for a message is nothing, and a message that was received.
            const init = exported.find(([, , other]) => other === `${type}Init`)?.[2];
            if (!init) continue;
            lines.push(`export const ${name}_no_${type}: ${name}.${init} = {};`);
            lines.push(`export const ${name}_as_${type} = (given: ${name}.${type}): ${name}.${init} => given;`);
        }
    }
    await project.write("all.ts", lines.join("\n"));
    assert.equal(await project.compile("all.ts"), "");
});

const wrong = await readdir(join(TYPES, "wrong"));
let told;
for (const file of wrong) {
    test(`refused: ${file}`, async () => {
        // All at once: starting the compiler takes longer than all that it has to do.
        told ??= project.compile(...wrong.map((file) => join("wrong", file)));
        const errors = (await told).split(/\n(?=\S)/).filter((error) => error.startsWith(`wrong/${file}(`));
        const lines = (await readFile(join(TYPES, "wrong", file), "utf8")).split("\n");
        const marked = lines.findIndex((line) => line.trim().startsWith("// error: "));
        const expected = lines[marked].trim().slice("// error: ".length);
        // The error is of the line behind, and there is no other.
        assert.equal(errors.length, 1, await told);
        assert.ok(errors[0].startsWith(`wrong/${file}(${marked + 2},`), errors[0]);
        assert.ok(errors[0].includes(expected), errors[0]);
    });
}
