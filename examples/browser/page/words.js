// What people are told where a call fails. An error has a message as well; that is for developers.

import { ErrorCode, IrisError } from "./remotes.js";

const WORDS = {
    [ErrorCode.WrongNameOrPassword]: "The name or the password is wrong.",
    [ErrorCode.NameTaken]: "There is a guest of that name. Is it you? Then sign in.",
    [ErrorCode.InvalidName]: "A name has 1 to 30 characters, and no space around them.",
    [ErrorCode.InvalidPassword]: "A password has 1 to 100 characters.",
    [ErrorCode.TooManyGuests]: "No more guests can come.",
    [ErrorCode.InvalidThing]: "The name of a thing has 1 to 60 characters.",
    [ErrorCode.AlreadyListed]: "That is on the list already.",
    [ErrorCode.ListFull]: "The list is full. Who is to carry all that?",
    [ErrorCode.UnknownThing]: "That is on the list no longer.",
    [ErrorCode.BroughtByAnother]: "Somebody else brings that.",
    [ErrorCode.InvalidRemark]: "A remark has 1 to 500 characters.",
    [ErrorCode.IrisRejectedByFilter]: "Please sign in.",
    [ErrorCode.IrisCommunicationError]: "The server cannot be reached. Please try again.",
};

/** What to say of a failed call. */
export function words(error) {
    // Every call fails with an IrisError: anything else is a mistake in this page.
    if (!(error instanceof IrisError)) throw error;
    return WORDS[error.code] ?? `Something went wrong: error ${error.code} ${error.requestId ?? ""}`;
}

/** Does something; where a call fails, an element says why. Gives whether it was done. */
export async function attempt(element, action) {
    element.textContent = "";
    try {
        await action();
        return true;
    } catch (error) {
        element.textContent = words(error);
        return false;
    }
}
