import { sayingOf, type Visitor } from "./api.ts";
import { element } from "./dom.ts";
import { keepSession } from "./session.ts";

/** What the visitor agreed to, each to be given or withdrawn with one click. */
export async function consentView(visitor: Visitor, privacyContact: string, onClose: () => void): Promise<HTMLElement> {
  const { noticeVersion, purposes } = await visitor.choices();
  const status = element("p", { class: "small", role: "status" });
  const rows = purposes.map((purpose) => {
    const box = element("input", { type: "checkbox", id: `choice-${purpose.id}` });
    box.checked = purpose.given;
    box.addEventListener("change", () => {
      box.disabled = true;
      const given = box.checked;
      visitor
        .choose(purpose.id, given, noticeVersion, crypto.randomUUID())
        .then(() => {
          keepSession(visitor.session);
          status.textContent = given ? "Saved: you agree." : "Saved: withdrawn.";
        })
        .catch((error: unknown) => {
          box.checked = !given;
          status.textContent = sayingOf(error);
        })
        .finally(() => {
          box.disabled = !box.checked && !purpose.asked;
        });
    });
    return element(
      "div",
      { class: "purpose" },
      box,
      element("label", { for: box.id }, purpose.title),
      element("p", { class: "lines" }, purpose.text),
    );
  });
  return element(
    "section",
    { class: "notice", "aria-labelledby": "privacy-title" },
    element("h2", { id: "privacy-title" }, "Your privacy"),
    ...rows,
    status,
    element(
      "p",
      { class: "small" },
      `To see your data, or to have it corrected or erased, write to ${privacyContact}.`,
    ),
    element("button", { type: "button", class: "primary", onclick: onClose }, "Back to the chat"),
  );
}
