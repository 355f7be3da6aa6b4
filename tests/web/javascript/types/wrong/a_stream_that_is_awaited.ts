import { Remotes } from "calls";

const stream = await new Remotes("").shapes.count({});
// error: Property 'number' does not exist
console.log(stream.number);
