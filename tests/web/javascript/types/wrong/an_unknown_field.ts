import { Remotes } from "calls";

// error: Object literal may only specify known properties, and 'txet' does not exist
await new Remotes("").shapes.echo({ txet: "a" });
