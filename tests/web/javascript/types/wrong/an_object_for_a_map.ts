import { Remotes } from "everything";

// error: does not exist in type 'ReadonlyMap<string, string>'
await new Remotes("").echo.maps({ byString: { a: "b" } });
