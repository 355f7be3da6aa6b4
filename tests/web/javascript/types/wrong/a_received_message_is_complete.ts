import type { Text } from "calls";

// error: Property 'text' is missing
export const text: Text = {};
