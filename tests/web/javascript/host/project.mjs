// A folder in which packages are installed as npm would, so that what their package.json says counts.

import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** The compiler, which is looked for in NODE_PATH. */
const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin/tsc");

/** All that TypeScript can be strict about. */
const OPTIONS = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noImplicitReturns: true,
    noUncheckedIndexedAccess: true,
    noUnusedLocals: true,
    verbatimModuleSyntax: true,
    isolatedModules: true,
    skipLibCheck: false,
    noEmit: true,
    target: "es2022",
    module: "nodenext",
    lib: ["es2022", "dom", "dom.iterable"],
    types: [],
};

export class Project {
    /** A folder with these packages: names, and where they are. */
    static async with(packages) {
        const project = new Project();
        project.folder = await mkdtemp(join(tmpdir(), "iris-project-"));
        await mkdir(join(project.folder, "node_modules"));
        for (const [name, path] of Object.entries(packages)) {
            await symlink(path, join(project.folder, "node_modules", name));
        }
        await project.write("package.json", JSON.stringify({ type: "module" }));
        return project;
    }

    write(name, text) {
        return writeFile(join(this.folder, name), text);
    }

    /** What the compiler says of files: lines such as `wrong/a.ts(4,36): error TS2322: ..`. */
    async compile(...files) {
        await this.write("tsconfig.json", JSON.stringify({ compilerOptions: OPTIONS, files }));
        const { said } = await this.#node(tsc, "-p", "tsconfig.json", "--pretty", "false");
        return said;
    }

    /** Runs a file; fails where it does. */
    async run(file, ...flags) {
        const { error, said } = await this.#node(...flags, file);
        if (error) throw new Error(`${error.message}\n${said}`);
        return said;
    }

    remove() {
        return rm(this.folder, { recursive: true });
    }

    #node(...given) {
        return new Promise((resolve) => {
            const options = { cwd: this.folder, timeout: 60_000 };
            execFile(process.execPath, given, options, (error, stdout, stderr) => resolve({ error, said: stdout + stderr }));
        });
    }
}
