// Tables of the two ways that calls may go.

import { capital, costs, count, lowerQuartile, median, rates } from "./report.mjs";
import { BY_FETCH } from "./ways.mjs";

/** What was measured, as Markdown. */
export const tablesOfWays = (rows) => rows.map(table).join("\n\n");

function table({ row, clients }) {
    const fetch = clients.find(({ name }) => name === BY_FETCH);
    const lines = clients.map((client) => {
        const [rate, cpu] = [rates(client), costs(client)];
        const toFetch = (figures) => (median(figures(client)) / median(figures(fetch))).toFixed(2);
        const cells = [
            count(median(rate)),
            count(lowerQuartile(rate)),
            toFetch(rates),
            median(cpu).toFixed(2),
            lowerQuartile(cpu).toFixed(2),
            toFetch(costs),
        ];
        return `| ${client.name} | ${cells.join(" | ")} |`;
    });
    const one = row.counted.replace(/s$/, "");
    const heads = [
        "",
        `${row.counted}/s`,
        "lower quartile",
        "to fetch",
        `page's processor µs a ${one}`,
        "lower quartile",
        "to fetch",
    ];
    return [`### ${capital(row.name)}`, "", `| ${heads.join(" | ")} |`, `|---|${"---:|".repeat(6)}`, ...lines].join("\n");
}
