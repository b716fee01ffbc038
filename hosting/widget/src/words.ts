const closed = "This chat is closed.";
const unavailable = "The chat cannot answer at the moment. Please try again in a minute.";
/** Said of an expired session and of an erased person alike: nobody may learn here which of the two it was. */
const over = "Your earlier chat has ended and is not kept here any more. You are welcome to begin a new one.";

/** What a visitor reads of a failure, by its code; `offline` and `interrupted` arise here, the others in the API. */
const sentences: Readonly<Record<string, string>> = {
  offline: "The chat cannot be reached. Are you online?",
  interrupted: "The connection broke. Your question is kept: try again, and its answer comes.",
  "input-invalid": "Something is not right yet. Please check it.",
  "input-too-large": "That is too long. Please shorten it.",
  "identity-refused": "The site could not confirm who you are. Please sign in there again.",
  "session-expired": over,
  unauthenticated: over,
  "subject-erased": over,
  "subject-frozen": "This conversation is paused, because the use of its data was restricted.",
  "consent-required": "The privacy notice has changed meanwhile. Please read it again.",
  "account-closing": "This chat takes no more messages. What you wrote and what you agreed to is still here.",
  "tenant-closed": closed,
  "not-found": closed,
  "origin-refused": closed,
  "turn-in-progress": "Your question is still being answered.",
  "rate-limited": "That was a lot in a short time. Please wait a minute, then try again.",
  "key-unavailable": unavailable,
  "model-unavailable": unavailable,
  "store-unavailable": unavailable,
  "database-closed": unavailable,
};

/** A failure as a sentence; one that is not in the table is a fault of ours. */
export function sentenceOf(code: string): string {
  return sentences[code] ?? "Something failed on our side. Please try again in a minute.";
}
