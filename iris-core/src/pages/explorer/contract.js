// The OpenAPI document as iris-build prints it, read into remotes, procedures, types and error codes.

import { Types } from "./types.js";

/** Gets the document. Fails with an error that has `missing` set where the server was given none. */
export async function load(url) {
    let response;
    try {
        response = await fetch(url, { credentials: "same-origin" });
    } catch (cause) {
        throw new Error(`${url} does not answer.`, { cause });
    }
    if (response.status === 404) throw Object.assign(new Error("no contract"), { missing: true });
    if (!response.ok) throw new Error(`${url} answers with HTTP status ${response.status}.`);
    try {
        return read(await response.json());
    } catch (cause) {
        throw new Error(`${url} is no OpenAPI document: ${cause.message}`, { cause });
    }
}

function read(document) {
    const remotes = new Map();
    for (const { name, description = "" } of document.tags ?? []) {
        remotes.set(name, { name, docs: description, procedures: [] });
    }
    for (const [path, { get, post }] of Object.entries(document.paths ?? {})) {
        // Every procedure answers POST; other paths are not calls.
        const at = path.lastIndexOf("/");
        if (!post || at < 1) continue;
        const name = path.slice(1, at);
        const remote = remotes.get(name) ?? { name, docs: "", procedures: [] };
        remotes.set(name, remote);
        remote.procedures.push(procedure(path, remote, get, post));
    }
    return {
        title: document.info?.title ?? "",
        docs: document.info?.description ?? "",
        remotes: [...remotes.values()],
        types: new Types(document.components?.schemas ?? {}),
        codes: new Map((document["x-iris-error-codes"] ?? []).map((code) => [code.number, code])),
    };
}

function procedure(path, remote, get, post) {
    const docs = post.description ?? post.summary ?? "";
    return {
        path,
        remote,
        name: path.slice(path.lastIndexOf("/") + 1),
        docs,
        summary: post.summary ?? docs.split("\n")[0],
        deprecated: Boolean(post.deprecated),
        /** `unary`, `client`, `server` or `bidirectional`. */
        stream: post["x-iris-stream"] ?? "unary",
        idempotency: post["x-iris-idempotency"],
        hasGet: Boolean(get),
        request: schemaIn(post.requestBody),
        response: schemaIn(post.responses?.["200"]),
    };
}

/** Streams have a content type of their own. */
function schemaIn(body) {
    const content = body?.content ?? {};
    return (content["application/json"] ?? content["application/connect+json"])?.schema ?? { type: "object" };
}

/** Whether all that a remote has is deprecated: the document says it of procedures only. */
export function isDeprecated(remote) {
    return remote.procedures.length > 0 && remote.procedures.every((procedure) => procedure.deprecated);
}
