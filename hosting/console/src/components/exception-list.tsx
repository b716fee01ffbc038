import "./erase-preview.css";
import { storeName } from "../words/things.ts";
import { staysText } from "../words/time.ts";

/** What an erasure leaves, why and until when. */
export function ExceptionList(props: { exceptions: readonly { name: string; reason: string; until: string }[] }) {
  return (
    <ul className="preview-list">
      {props.exceptions.map(({ name, reason, until }) => (
        <li key={name}>
          <span>
            {storeName(name)}
            <br />
            <span className="soft small">{reason}</span>
          </span>
          <span className="soft">{staysText(until)}</span>
        </li>
      ))}
    </ul>
  );
}
