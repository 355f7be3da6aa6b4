import { Remotes } from "calls";

// error: Type 'string' is not assignable to type 'number | bigint | undefined'.
await new Remotes("").shapes.blob({ number: "5" });
