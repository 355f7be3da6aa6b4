import type { Choices } from "everything";

export function text({ choice }: Choices): string {
    if (choice?.case !== "aText" && choice?.case !== "aNumber") return "";
    // error: is not assignable to type 'string'
    return choice.value;
}
