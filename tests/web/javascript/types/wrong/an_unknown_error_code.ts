import { ErrorCode, type IrisError } from "calls";

// error: Property 'NameTaken' does not exist
export const taken = (error: IrisError): boolean => error.code === ErrorCode.NameTaken;
