import { Remotes } from "everything";

// error: is not assignable to type
await new Remotes("").echo.choices({ choice: { case: "aText", value: 5n } });
