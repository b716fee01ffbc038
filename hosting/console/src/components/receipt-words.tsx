import "./erase-preview.css";
import { outcomeText, type ReceiptContent } from "../words/receipt.ts";
import { count, storeName } from "../words/things.ts";
import { dayOf } from "../words/time.ts";
import { ExceptionList } from "./exception-list.tsx";
import { Section } from "./page.tsx";
import { When } from "./when.tsx";

/** A receipt as a person reads it. */
export function ReceiptWords({ content }: { content: ReceiptContent }) {
  const { stores, exceptions, recipients } = content;
  return (
    <>
      <div className="card card-body">
        <Facts content={content} />
      </div>
      <Section title="What was deleted">
        <ul className="preview-list">
          {stores
            .filter((store) => store.count > 0)
            .map((store) => (
              <li key={store.name}>
                <span>{storeName(store.name)}</span>
                <span className="soft numbers">
                  {store.action === "destroy-key" ? "destroyed" : count(store.count, "record")}
                </span>
              </li>
            ))}
        </ul>
      </Section>
      {recipients.length > 0 && (
        <Section title="Who else was told">
          <ul className="preview-list">
            {recipients.map(({ name, recipient, outcome, on }) => (
              <li key={name}>
                <span>{recipient}</span>
                <span className="soft">
                  {outcomeText(outcome)}
                  {on !== undefined && `, by ${dayOf(new Date(on))}`}
                </span>
              </li>
            ))}
          </ul>
        </Section>
      )}
      {exceptions.length > 0 && (
        <Section title="What remains, why and until when">
          <ExceptionList exceptions={exceptions} />
        </Section>
      )}
    </>
  );
}

function Facts({ content }: { content: ReceiptContent }) {
  const { unreadableBy, purgedBy, residue, providerRemanence } = content;
  const begunAt = content.requestedAt ?? content.startedAt;
  return (
    <dl className="facts">
      {begunAt !== undefined && (
        <>
          <dt>{content.requestedAt === undefined ? "Begun" : "Asked for"}</dt>
          <dd>
            <When at={begunAt} full />
          </dd>
        </>
      )}
      {unreadableBy !== undefined && (
        <>
          <dt>Unreadable by</dt>
          <dd>
            {dayOf(new Date(unreadableBy))}: the last backup of the key is gone by then. Live systems cannot read it
            since the key was destroyed.
          </dd>
        </>
      )}
      {purgedBy !== undefined && (
        <>
          <dt>Purged by</dt>
          <dd>{dayOf(new Date(purgedBy))}: the last backup that holds the sealed data is gone by then.</dd>
        </>
      )}
      {residue !== undefined && (
        <>
          <dt>Searched for rest</dt>
          <dd>
            {residue.found === 0 ? "Nothing found" : `${count(residue.found, "record")} found and deleted`}. Method:{" "}
            {residue.method}. Not searched: {residue.notSearched.join(", ")}.
          </dd>
        </>
      )}
      {providerRemanence !== undefined && (
        <>
          <dt>Provider</dt>
          <dd>{providerRemanence}</dd>
        </>
      )}
      <dt>Number</dt>
      <dd className="mono">{content.receiptId}</dd>
    </dl>
  );
}
