import "./dialog.css";
import type { ReactNode } from "react";

export interface Choice<Value extends string> {
  value: Value;
  title: string;
  text?: ReactNode;
}

/** One of a few, each with what it means. */
export function Choices<Value extends string>(props: {
  legend: string;
  /** Unlike that of any other group in the dialog. */
  name: string;
  value: Value | undefined;
  options: readonly Choice<Value>[];
  onChange(value: Value): void;
}) {
  const { legend, name, value, options, onChange } = props;
  return (
    <fieldset className="choices-set">
      <legend>{legend}</legend>
      <div className="choices">
        {options.map((option) => (
          <label key={option.value} className="choice">
            <input
              type="radio"
              name={name}
              value={option.value}
              checked={value === option.value}
              onChange={() => onChange(option.value)}
            />
            <span>
              <span className="choice-title">{option.title}</span>
              {option.text !== undefined && <span className="choice-text">{option.text}</span>}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
