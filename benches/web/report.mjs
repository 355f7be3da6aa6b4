// Tables.

import { CONNECT, TYPESCRIPT, WASM } from "./clients.mjs";

/** The targets for the bytes of a page, as shares of those with connect-es. */
const BYTES_TARGETS = { [TYPESCRIPT]: 0.35, [WASM]: 1.3 };

/** What was measured, as Markdown. */
export function tables(sizes, rows) {
    return [sizeTable(sizes), ...rows.map((row) => speedTable(row, CONNECT, "to connect-es")), verdict(sizes, rows)].join("\n\n");
}

function sizeTable(sizes) {
    const peer = sizes.find(({ client }) => client === CONNECT);
    const lines = sizes.map(({ client, raw, gzip, brotli }) => {
        const target = BYTES_TARGETS[client] ? ` (target: at most ${BYTES_TARGETS[client]})` : "";
        return `| ${client} | ${raw} | ${gzip} | ${brotli} | ${(brotli / peer.brotli).toFixed(2)}${target} |`;
    });
    return ["### Bytes of a page", "", "| | minified | gzip | brotli | brotli, to connect-es |", "|---|---:|---:|---:|---:|", ...lines].join("\n");
}

/** The speed of each client in a row, and as a share of one of them. */
export function speedTable({ row, clients }, peerName, share) {
    const peer = clients.find(({ name }) => name === peerName);
    const lines = clients.map((client) => {
        const [rate, cpu] = [rates(client), costs(client)];
        const cells = [
            count(median(rate)),
            count(lowerQuartile(rate)),
            (median(rate) / median(rates(peer))).toFixed(2),
            median(cpu).toFixed(2),
            lowerQuartile(cpu).toFixed(2),
            (median(cpu) / median(costs(peer))).toFixed(2),
        ];
        return `| ${client.name} | ${cells.join(" | ")} |`;
    });
    const one = row.counted.replace(/s$/, "");
    const heads = [
        "",
        `${row.counted}/s`,
        "lower quartile",
        share,
        `page's processor µs a ${one}`,
        "lower quartile",
        share,
    ];
    return [`### ${capital(row.name)}`, "", `| ${heads.join(" | ")} |`, `|---|${"---:|".repeat(6)}`, ...lines].join("\n");
}

/** Who needs fewer bytes, less time and less of the processor, connect-es or Iris; what differs by less than 3 % is even. */
function verdict(sizes, rows) {
    const figures = sizes
        .filter(({ client }) => client !== CONNECT)
        .map(({ client, brotli }) => [`bytes (${client})`, brotli / sizes.find(({ client }) => client === CONNECT).brotli]);
    for (const { row, clients } of rows) {
        const peer = clients.find(({ name }) => name === CONNECT);
        for (const client of clients.filter((client) => client !== peer && !client.isFloor)) {
            figures.push([`time of ${row.name} (${client.name})`, median(rates(peer)) / median(rates(client))]);
            figures.push([`processor time of ${row.name} (${client.name})`, median(costs(client)) / median(costs(peer))]);
        }
    }
    const named = (holds) => figures.filter(([, ratio]) => holds(ratio)).map(([name]) => name).join("; ") || "nothing";
    return [
        `connect-es takes less for: ${named((ratio) => ratio > 1.03)}.`,
        `Iris takes less for: ${named((ratio) => ratio < 0.97)}.`,
        `They differ by at most 3 % for: ${named((ratio) => ratio >= 0.97 && ratio <= 1.03)}.`,
    ].join("\n");
}

/** What was done in a second, in each round. */
const rates = ({ turns }) => turns.map(({ done, seconds }) => done / seconds);

/** Processor time for each thing done, in microseconds. */
const costs = ({ turns }) => turns.map(({ done, cpu }) => (cpu * 1e6) / done);

const sorted = (figures) => figures.toSorted((one, other) => one - other);

const lowerQuartile = (figures) => sorted(figures)[Math.floor(figures.length / 4)];

/** The middle; of an even number the mean of the two in the middle. */
function median(figures) {
    const ordered = sorted(figures);
    const middle = ordered.length / 2;
    return (ordered[Math.ceil(middle) - 1] + ordered[Math.floor(middle)]) / 2;
}

const count = (figure) => figure.toFixed(0);

const capital = (text) => text[0].toUpperCase() + text.slice(1);
