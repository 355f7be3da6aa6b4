import { Remotes } from "everything";

// error: Type 'string' is not assignable to type
await new Remotes("").echo.scalars({ level: "LEVEL_HIGH" });
