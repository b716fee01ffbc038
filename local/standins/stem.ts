const irregular = new Map(
  `bought buy|brought bring|lent lend|paid pay|sent send|kept keep|left leave|lost lose|broke break|broken break|stole steal|stolen steal
took take|taken take|gave give|given give|came come|went go|rode ride|ridden ride|drove drive|driven drive|wore wear|worn wear|ate eat
eaten eat|drank drink|sold sell|said say|told tell|made make|held hold|found find|felt feel|fell fall|fallen fall|spoke speak
spoken speak|wrote write|written write|chose choose|chosen choose|cost cost|children child|teeth tooth|feet foot|people person
men man|women woman|mice mouse|heard hear|met meet|slept sleep|swollen swell|froze freeze|frozen freeze|hid hide|hidden hide
shut shut|taught teach|thought think|understood understand|woke wake|won win|lives life|knives knife|wives wife|halves half`
    .split(/[|\n]/)
    .map((pair) => {
      const [form = "", base = ""] = pair.trim().split(" ");
      return [form, base] as const;
    }),
);

/** Strips the common English endings; crude, and the same for question and document. */
export function stemOf(word: string): string {
  const base = irregular.get(word);
  if (base !== undefined && base !== word) return stemOf(base);
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
