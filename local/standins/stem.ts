/** Strips the common English endings; crude, and the same for question and document. */
export function stemOf(word: string): string {
  if (word.length <= 3 || /\d/.test(word)) return word;
  let stem = word;
  if (stem.endsWith("sses")) stem = stem.slice(0, -2);
  else if (stem.endsWith("ies")) stem = `${stem.slice(0, -3)}y`;
  else if (/[^s]s$/.test(stem) && !/(us|is)$/.test(stem)) stem = stem.slice(0, -1);
  const ending = /(?:ations?|ments?|ings?|ness|ied|edly|ed|ly|er|or|ion|able|ible|al)$/.exec(stem)?.[0];
  if (ending !== undefined && stem.length - ending.length >= 3) {
    stem = stem.slice(0, -ending.length);
    if (ending === "ied") stem += "y";
    if (/([bdfglmnprt])\1$/.test(stem)) stem = stem.slice(0, -1);
  }
  if (stem.length > 3 && stem.endsWith("e")) stem = stem.slice(0, -1);
  if (stem.length > 3 && stem.endsWith("y")) stem = `${stem.slice(0, -1)}i`;
  return stem;
}
