import type { Optionals } from "everything";

// error: 'optionals.scalars' is possibly 'undefined'.
export const text = (optionals: Optionals): string => optionals.scalars.aString;
