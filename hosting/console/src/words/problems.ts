import type { ProblemCode } from "../api/problem.ts";

/** A failure as a person reads it: what happened, and what to do. */
export interface ProblemWords {
  says: string;
  todo: string;
}

const tryAgain = "Try again in a moment. Nothing was lost.";
const tellUs = "If it happens again, tell us the reference below.";

/** The API may be newer than this page: a code without words here is shown with the title of the problem document. */
const words: Partial<Record<ProblemCode, ProblemWords>> = {
  offline: { says: "Lethe cannot be reached.", todo: "Check your connection, then try again. Nothing was changed." },
  bug: { says: "Something failed on our side.", todo: tellUs },
  "input-invalid": { says: "Something in the form is not right.", todo: "Correct what is marked below." },
  "input-too-large": { says: "That is too large.", todo: "Send at most 1 MB at a time." },
  "input-not-supported": { says: "This kind of content cannot be used.", todo: "Use plain text or Markdown." },
  unauthenticated: { says: "You are not signed in.", todo: "Sign in to go on." },
  "session-expired": { says: "Your session has ended.", todo: "Sign in again to go on." },
  "sign-in-refused": {
    says: "This address and password do not match an account.",
    todo: "Check both. If you forgot the password, ask an owner of your account.",
  },
  forbidden: { says: "Your role does not allow this.", todo: "Ask an owner or admin of your account." },
  "origin-refused": { says: "This page may not call Lethe.", todo: "Open the console at its usual address." },
  "not-found": { says: "There is nothing here.", todo: "It may have been deleted, or the link is incomplete." },
  "key-reused": {
    says: "The page sent the same request number for two different things.",
    todo: "Reload the page, then try again. Nothing was erased by the second one.",
  },
  "already-exists": { says: "This exists already.", todo: "Use another address or name." },
  "job-conflict": {
    says: "Somebody else changed this at the same time.",
    todo: "Look at it as it is now, then repeat.",
  },
  "job-not-retryable": {
    says: "This job cannot be retried.",
    todo: "Start it again from the person's page, or tell us its number.",
  },
  "job-not-cancellable": {
    says: "This job cannot be stopped.",
    todo: "What it has done cannot be undone; let it finish.",
  },
  "last-owner": {
    says: "An account needs an owner.",
    todo: "Make somebody else an owner first.",
  },
  "legal-hold": {
    says: "Items of this person are under a legal hold.",
    todo: "Whoever placed the hold must lift it, or wait for its end.",
  },
  "subject-frozen": {
    says: "This person is being erased or is restricted.",
    todo: "Nothing can be changed for this person now.",
  },
  "subject-ambiguous": { says: "This address belongs to several people.", todo: "Choose the person from the list." },
  "account-closing": {
    says: "This account is being closed and takes nothing new.",
    todo: "Export what you need, or let an owner cancel the deletion.",
  },
  "confirmation-wrong": {
    says: "What was typed is not the name of the account.",
    todo: "Type the name exactly as it is shown.",
  },
  "tenant-closed": {
    says: "This account is closed.",
    todo: "What it held is deleted, exports included; links that were given out open nothing any more.",
  },
  "subject-erased": {
    says: "This person has been erased.",
    todo: "Nothing of them is left to show. The receipt of the erasure says what was deleted.",
  },
  "link-expired": { says: "This link has ended.", todo: "Get a new one." },
  "wrong-region": { says: "Your account lives in another region.", todo: "Sign in again." },
  "rate-limited": { says: "Too many tries in a short time.", todo: "Wait a minute, then try again." },
  "key-unavailable": { says: "The encryption key cannot be used at the moment.", todo: tryAgain },
  "model-unavailable": { says: "The AI model cannot be reached at the moment.", todo: tryAgain },
  "database-closed": {
    says: "Lethe is closed for maintenance.",
    todo: "It opens again by itself. Nothing was lost; try again later.",
  },
  "store-unavailable": { says: "The database cannot be reached at the moment.", todo: tryAgain },
};

/** @param title - of the problem document, for codes that this page does not know. */
export function wordsOf(code: ProblemCode, title: string): ProblemWords {
  return words[code] ?? { says: `${title}.`, todo: tellUs };
}
