// Tables of the two ways that calls may go.

import { speedTable } from "./report.mjs";
import { BY_FETCH } from "./ways.mjs";

/** What was measured, as Markdown. */
export const tablesOfWays = (rows) => rows.map((row) => speedTable(row, BY_FETCH, "to fetch")).join("\n\n");
