import { Remotes } from "calls";

// error: does not exist in type
await new Remotes("").shapes.sum({ number: 1 });
