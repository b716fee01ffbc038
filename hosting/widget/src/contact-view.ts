import type { Visitor } from "./api.ts";
import { element, once } from "./dom.ts";

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
  const key = crypto.randomUUID();
  const input = (name: string, label: string, attributes: Record<string, string> = {}) => {
    const field = element("input", { id: `contact-${name}`, name, maxlength: "200", ...attributes });
    return { field, row: element("div", { class: "field" }, element("label", { for: field.id }, label), field) };
  };
  const name = input("name", "Name (optional)", { autocomplete: "name" });
  const email = input("email", "E-mail", { type: "email", autocomplete: "email" });
  const phone = input("phone", "or phone", { type: "tel", autocomplete: "tel", maxlength: "30" });
  const message = element("textarea", { id: "contact-message", rows: "3", maxlength: "4000", required: true });
  const failure = element("p", { class: "failure", role: "alert" });
  const submit = element("button", { type: "submit", class: "primary" }, "Send message");
  const form = element(
    "form",
    { class: "contact", novalidate: true, "aria-label": "Leave a message for a person" },
    ...(intro === undefined ? [] : [element("p", {}, intro)]),
    name.row,
    email.row,
    phone.row,
    element("div", { class: "field" }, element("label", { for: "contact-message" }, "Message"), message),
    failure,
    element(
      "div",
      { class: "row" },
      submit,
      element("button", { type: "button", class: "quiet", onclick: () => onDone(false) }, "Not now"),
    ),
  );
  const send = once(submit, async () => {
    const values = {
      name: name.field.value,
      email: email.field.value,
      phone: phone.field.value,
      message: message.value,
    };
    const given = Object.fromEntries(
      Object.entries(values)
        .map(([field, value]) => [field, value.trim()] as const)
        .filter(([, value]) => value !== ""),
    );
    if (given.message === undefined || (given.email === undefined && given.phone === undefined)) {
      failure.textContent = "Please write a message, and an e-mail address or a phone number to answer to.";
      return;
    }
    try {
      await visitor().leave(given, key);
      onDone(true);
    } catch (error) {
      failure.textContent = error instanceof Error ? error.message : "That did not work.";
    }
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  return form;
}
