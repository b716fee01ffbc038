/** A letter without its address. */
export interface LetterText {
  subject: string;
  textBody: string;
  htmlBody: string;
}

function letter(subject: string, paragraphs: readonly string[]): LetterText {
  const body = paragraphs
    .map((paragraph) => `<p>${paragraph.replaceAll("&", "&amp;").replaceAll("<", "&lt;")}</p>`)
    .join("\n");
  return {
    subject,
    textBody: `${paragraphs.join("\n\n")}\n`,
    htmlBody: `<!doctype html><html lang="en"><body style="font:16px/1.5 system-ui,sans-serif;max-width:36rem">\n${body}\n</body></html>`,
  };
}

/** Tells a person that the erasure asked for is done. No personal content. @see GDPR Art. 12(3) */
export function erasureCompletedLetter(requestId: string): LetterText {
  return letter("Your data has been erased", [
    "The erasure of your data that was asked for is complete.",
    `Its reference is ${requestId}. The business you wrote to holds a signed receipt for it, which you may ask for and check without us.`,
    "This is the last message you receive from us. Our mail provider keeps a copy of it for 45 days at most.",
  ]);
}

/** Tells a person that the restriction they asked for is about to be lifted. @see GDPR Art. 18(3) */
export function restrictionLiftedLetter(): LetterText {
  return letter("Your data will be used again", [
    "The use of your data was restricted. That restriction is now being lifted, and you are told before it is.",
    "If you do not agree, reply to the business you wrote to, or turn to your supervisory authority.",
  ]);
}

/** A letter that reminds an owner that their account is to be deleted. No personal content. */
export function closureReminderLetter(
  account: { tenantId: string; closesAt: Date; goneBy: Date },
  days: number,
  consoleUrl: string,
): LetterText {
  const day = (time: Date) => time.toISOString().slice(0, 10);
  const left = days === 1 ? "1 day" : `${days} days`;
  // Midnight that ends a day is named by that day.
  const last = day(new Date(account.goneBy.getTime() - 1));
  return letter(`Your Lethe account is deleted in ${left}`, [
    `An owner asked for the deletion of the Lethe account ${account.tenantId}. Its chat takes nothing new since then.`,
    `The deletion begins on ${day(account.closesAt)} and everything is gone by the end of ${last} (UTC). Until it begins any owner can export the whole account or cancel the deletion:`,
    consoleUrl,
    "Once it has begun it cannot be undone. A signed certificate of it is mailed to the owners then.",
  ]);
}

/** Brings an owner the certificate that the account is gone. No personal content. */
export function closureCompletedLetter(tenantId: string, keysUrl: string): LetterText {
  return letter("Your Lethe account has been deleted", [
    `The Lethe account ${tenantId} has been deleted: its databases, files and keys, and the sign-in accounts of its staff.`,
    "The attached certificate says what was deleted, what stays for a time, why, and until when. Keep it: nobody can sign in to fetch it again.",
    "It can be checked offline, without an account and without us, by the program verify:",
    "node verify/verify.mjs closure-certificate.json --key VKEY",
    `VKEY is the verifier key of the account's log, published at ${keysUrl}`,
    "This is the last message about this account.",
  ]);
}

/** Reminds staff of a deadline: how many days are left, and where to look. Names nobody and says nothing of anybody. */
export function deadlineLetter(
  kind: "hold" | "request",
  deadline: { id: string; days: number; endsAt: Date; items?: number },
  consoleUrl: string,
): LetterText {
  const { id, days, endsAt, items } = deadline;
  const day = endsAt.toISOString().slice(0, 10);
  const left = days === 1 ? "1 day" : `${days} days`;
  if (kind === "hold") {
    const kept =
      items === undefined ? "What it keeps" : items === 1 ? "The item it keeps" : `The ${items} items it keeps`;
    return days === 0
      ? letter("A legal hold is over and needs your review", [
          `The hold ${id} ended on ${day} (UTC).`,
          `${kept} may be purged by your retention periods in a week from now. Until then, extend the hold if the duty goes on, or lift it if it does not:`,
          consoleUrl,
        ])
      : letter(`A legal hold ends in ${left}`, [
          `The hold ${id} ends on ${day} (UTC).`,
          `${kept} may be purged by your retention periods after that and a week of review. If the duty to keep goes on, extend the hold:`,
          consoleUrl,
        ]);
  }
  return days === 0
    ? letter("A data subject's request is overdue", [
        `The request ${id} was to be answered by ${day} (UTC) and is still open.`,
        "The law gives one month. Answer it now, or tell the person why it takes longer:",
        consoleUrl,
      ])
    : letter(`A data subject's request must be answered in ${left}`, [
        `The request ${id} is to be answered by ${day} (UTC) and is still open.`,
        consoleUrl,
      ]);
}
