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
    "This is the last message you receive from us; we have asked our mail provider to forget your address as well.",
  ]);
}

/** Tells a person that the restriction they asked for is about to be lifted. @see GDPR Art. 18(3) */
export function restrictionLiftedLetter(): LetterText {
  return letter("Your data will be used again", [
    "The use of your data was restricted. That restriction is now being lifted, and you are told before it is.",
    "If you do not agree, reply to the business you wrote to, or turn to your supervisory authority.",
  ]);
}
