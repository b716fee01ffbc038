import { Problem, sayingOf, type Visitor } from "./api.ts";
import { element, once } from "./dom.ts";
import { type Field, labeled } from "./field.ts";

/** What a field says when the API does not take what stands in it. */
const wrong: Readonly<Record<string, string>> = {
  name: "Please write a shorter name.",
  email: "This is not a full e-mail address, such as ada@example.org.",
  phone: "Please write a number of 5 to 30 digits; +, spaces, hyphens and brackets are fine.",
  message: "Please write a shorter message.",
};

/**
 * A form to leave a message for a person: an e-mail address or a phone number, and what it is about.
 *
 * @param intro - what is said above it; absent where the message before has said it.
 */
export function contactView(
  visitor: () => Visitor,
  intro: string | undefined,
  onDone: (sent: boolean) => void,
): HTMLElement {
  let key = crypto.randomUUID();
  const input = (name: string, attributes: Record<string, string>) =>
    element("input", { id: `contact-${name}`, name, maxlength: "200", ...attributes });
  const fields: Readonly<Record<"name" | "email" | "phone" | "message", Field>> = {
    name: labeled("Name (optional)", input("name", { autocomplete: "name" })),
    email: labeled("E-mail", input("email", { type: "email", autocomplete: "email" })),
    phone: labeled("or phone", input("phone", { type: "tel", autocomplete: "tel", maxlength: "30" })),
    message: labeled(
      "Message",
      element("textarea", { id: "contact-message", rows: "3", maxlength: "4000", required: true }),
    ),
  };
  const rows = Object.values(fields);
  const failure = element("p", { class: "failure", role: "alert" });
  const submit = element("button", { type: "submit", class: "primary" }, "Send message");
  const form = element(
    "form",
    { class: "contact", novalidate: true, "aria-label": "Leave a message for a person" },
    ...(intro === undefined ? [] : [element("p", {}, intro)]),
    ...rows.map(({ row }) => row),
    failure,
    element(
      "div",
      { class: "row" },
      submit,
      element("button", { type: "button", class: "quiet", onclick: () => onDone(false) }, "Not now"),
    ),
  );
  /** Marks fields and goes to the first of them. */
  const mark = (marks: Readonly<Record<string, string>>) => {
    for (const [name, field] of Object.entries(fields)) field.mark(marks[name]);
    rows.find(({ isMarked }) => isMarked())?.focus();
  };
  const send = once(submit, async () => {
    failure.textContent = "";
    const values = Object.entries(fields).map(([name, { value }]) => [name, value().trim()] as const);
    const given = Object.fromEntries(values.filter(([, value]) => value !== ""));
    const missing = {
      ...(given.email === undefined && given.phone === undefined
        ? { email: "Please give an e-mail address or a phone number to answer to." }
        : {}),
      ...(given.message === undefined ? { message: "Please write a message." } : {}),
    };
    mark(missing);
    if (Object.keys(missing).length > 0) return;
    try {
      await visitor().leave(given, key);
      onDone(true);
    } catch (error) {
      const refused = error instanceof Problem ? error.fields : [];
      const marks = Object.fromEntries(Object.entries(wrong).filter(([name]) => refused.includes(name)));
      mark(marks);
      // A field that is gone to says it itself.
      if (Object.keys(marks).length === 0) failure.textContent = sayingOf(error);
    }
  });
  // What is changed is another message.
  form.addEventListener("input", () => {
    key = crypto.randomUUID();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  return form;
}
