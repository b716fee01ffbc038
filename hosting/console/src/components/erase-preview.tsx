import "./erase-preview.css";
import type { ReactNode } from "react";
import { Link } from "react-router";
import type { ErasurePreview } from "../api/privacy-shapes.ts";
import { useSession } from "../hooks/app.tsx";
import { count, erasureVerb, storeName } from "../words/things.ts";
import { dayOf } from "../words/time.ts";
import { ExceptionList } from "./exception-list.tsx";
import { Notice } from "./notice.tsx";

/** What an erasure would delete, what stays and why, and who else holds a copy. */
export function ErasePreview({ preview }: { preview: ErasurePreview }) {
  const { stores, exceptions, recipients, heldItems } = preview;
  // A third party is told about below, with how deletion is asked there.
  const thirdParties = new Set(recipients.map(({ name }) => name));
  const kept = exceptions.filter(({ name }) => !thirdParties.has(name));
  return (
    <div className="preview">
      {heldItems.length > 0 && (
        <HeldNotice title="Some items are under a legal hold and will be kept">
          {heldItems.map((hold) => (
            <li key={hold.holdId}>
              {count(hold.items, "item")} until {dayOf(new Date(hold.endsAt))}: {hold.basis}
            </li>
          ))}
        </HeldNotice>
      )}
      <section aria-label="Will be deleted">
        <h3>Will be deleted</h3>
        <ul className="preview-list preview-columns">
          {stores.map((store) => (
            <li key={store.name}>
              <span>{storeName(store.name)}</span>
              <span className="soft numbers">
                {store.action === "destroy-key" ? erasureVerb(store.action) : store.count.toLocaleString("en")}
              </span>
            </li>
          ))}
        </ul>
      </section>
      <details className="preview-more">
        <summary>What stays for a time, and why ({kept.length})</summary>
        <ExceptionList exceptions={kept} />
      </details>
      <details className="preview-more">
        <summary>Who else is told ({recipients.length})</summary>
        <ul className="preview-list">
          {recipients.map(({ name, recipient, deletion }) => (
            <li key={name}>
              <span>
                {recipient}
                <br />
                <span className="soft small">{deletion}</span>
              </span>
            </li>
          ))}
        </ul>
      </details>
    </div>
  );
}

/** Says that one conversation or lead cannot be erased now, and until when. */
export function KeptWhole({ heldItems }: Pick<ErasurePreview, "heldItems">) {
  return (
    <HeldNotice title="This is under a legal hold: it cannot be erased before that ends">
      {heldItems.map((hold) => (
        <li key={hold.holdId}>
          Until {dayOf(new Date(hold.endsAt))}: {hold.basis}
        </li>
      ))}
    </HeldNotice>
  );
}

function HeldNotice({ title, children }: { title: string; children: ReactNode }) {
  const { can } = useSession();
  const link = (
    <Link className="link" to="/holds">
      All holds
    </Link>
  );
  return (
    <Notice tone="warn" title={title} action={can("holds:write") ? link : undefined}>
      <ul>{children}</ul>
    </Notice>
  );
}
