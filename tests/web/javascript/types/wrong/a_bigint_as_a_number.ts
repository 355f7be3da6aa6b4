import { Remotes } from "calls";

const { number } = await new Remotes("").shapes.sum([]);
// error: Type 'bigint' is not assignable to type 'number'.
const seconds: number = number;
console.log(seconds);
