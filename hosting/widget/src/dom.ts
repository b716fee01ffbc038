type Child = Node | string;
type Attributes = Readonly<Record<string, string | boolean | ((event: Event) => void)>>;

/** Makes an element: texts are texts, functions are listeners (`onclick`), true is an attribute without value. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(key.slice(2), value);
    else if (typeof value === "string") made.setAttribute(key, value);
    else if (value) made.setAttribute(key, "");
  }
  made.append(...children);
  return made;
}

/** Runs an act once at a time: the button is disabled while it runs, so that two clicks are one act. */
export function once(button: HTMLButtonElement, act: () => Promise<void>): () => void {
  return () => {
    if (button.disabled) return;
    button.disabled = true;
    void act().finally(() => {
      button.disabled = false;
    });
  };
}
