import { element } from "./dom.ts";

/** A field of a form with its label, and what is wrong with it. */
export interface Field {
  row: HTMLElement;
  value(): string;
  /** Says what is wrong, to everybody; undefined when nothing is. @see WCAG 2.2, 3.3.1 */
  mark(wrong: string | undefined): void;
  isMarked(): boolean;
  focus(): void;
}

/** @param control - with an id. */
export function labeled(label: string, control: HTMLInputElement | HTMLTextAreaElement): Field {
  const note = element("p", { class: "failure small", id: `${control.id}-wrong` });
  return {
    row: element("div", { class: "field" }, element("label", { for: control.id }, label), control, note),
    value: () => control.value,
    mark(wrong) {
      note.textContent = wrong ?? "";
      for (const [name, value] of [
        ["aria-invalid", "true"],
        ["aria-describedby", note.id],
      ] as const) {
        if (wrong === undefined) control.removeAttribute(name);
        else control.setAttribute(name, value);
      }
    },
    isMarked: () => control.hasAttribute("aria-invalid"),
    focus: () => control.focus(),
  };
}
