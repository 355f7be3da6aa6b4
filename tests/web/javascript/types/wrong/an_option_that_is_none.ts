import { Remotes } from "calls";

// error: Type '"pigeons"' is not assignable to type
new Remotes("", { streams: "pigeons" });
