// Doc comments as nodes: the part of Markdown that they use. What is not understood stays text.

import { element } from "./dom.js";

const INLINE = /\[?`([^`]+)`\]?|\*\*([^*]+)\*\*|\[([^\]]+)\]\((https?:\/\/[^)\s]+)\)/g;
const BULLET = /^\s*(?:[-*]|\d+\.)\s+/;

/** Paragraphs, lists, code blocks and headings. */
export function prose(text) {
    // A block of code may have empty lines, so it is cut out before paragraphs are.
    const parts = text.split(/^```.*\n([\s\S]*?)^```\s*$/m);
    return parts.flatMap((part, index) =>
        index % 2 === 1
            ? [element("pre", {}, element("code", {}, part.trimEnd()))]
            : part
                  .split(/\n\s*\n/)
                  .filter((block) => block.trim())
                  .map(block),
    );
}

function block(text) {
    const lines = text.trim().split("\n");
    if (BULLET.test(lines[0])) {
        const items = [];
        for (const line of lines) {
            if (BULLET.test(line)) items.push(line.replace(BULLET, ""));
            else items.push(`${items.pop()} ${line.trim()}`);
        }
        return element(
            /^\s*\d/.test(lines[0]) ? "ol" : "ul",
            {},
            items.map((item) => element("li", {}, inline(item))),
        );
    }
    const heading = /^#+\s+(.*)$/.exec(lines[0]);
    return heading && lines.length === 1
        ? element("p", {}, element("strong", {}, inline(heading[1])))
        : element("p", {}, inline(lines.join(" ")));
}

/** A line of docs. Links of rustdoc lead nowhere here, so that they are shown as code. */
export function inline(text) {
    const nodes = [];
    let from = 0;
    for (const match of text.matchAll(INLINE)) {
        const [whole, code, bold, link, target] = match;
        nodes.push(text.slice(from, match.index));
        if (code) nodes.push(element("code", {}, code));
        else if (bold) nodes.push(element("strong", {}, bold));
        else nodes.push(element("a", { href: target, rel: "noopener noreferrer" }, link));
        from = match.index + whole.length;
    }
    nodes.push(text.slice(from));
    return nodes;
}
