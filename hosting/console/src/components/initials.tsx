/** The first letters of a name; what it stands for is said beside it. */
export function Initials({ name }: { name: string }) {
  const words = name.trim().split(/\s+/);
  const first = words[0]?.charAt(0) ?? "";
  const last = words.length > 1 ? (words.at(-1)?.charAt(0) ?? "") : "";
  return (
    <span className="initials" aria-hidden="true">
      {(first + last).toUpperCase()}
    </span>
  );
}
