import "../components/retention.css";
import "../components/rows.css";
import { Button } from "@mantine/core";
import { useState } from "react";
import { Link } from "react-router";
import { listReceipts, readReceipt } from "../api/privacy.ts";
import type { RetentionChoice } from "../api/privacy-shapes.ts";
import { changeRetention, listRetention } from "../api/retention.ts";
import { LoadProblem } from "../components/load-problem.tsx";
import { Notice } from "../components/notice.tsx";
import { Page, Section } from "../components/page.tsx";
import { ProblemNotice } from "../components/problem-notice.tsx";
import { RetentionDialog } from "../components/retention-dialog.tsx";
import { RowsPlaceholder } from "../components/rows.tsx";
import { saySaved } from "../components/saved.ts";
import { When } from "../components/when.tsx";
import { useApp, useSession } from "../hooks/app.tsx";
import { useAction } from "../hooks/use-action.ts";
import { useLoad } from "../hooks/use-load.ts";
import { receiptContent, retentionReceiptType } from "../words/receipt.ts";
import { boundsText, coversText, periodText, periodWithin } from "../words/retention.ts";
import { storeName } from "../words/things.ts";
import { fullTime } from "../words/time.ts";

/** How long each class of data is kept, what is about to change, and what was purged. */
export function Retention() {
  const { api } = useApp();
  const { can } = useSession();
  const classes = useLoad("retention", (signal) => listRetention(api, signal));
  return (
    <Page
      title="Retention"
      lead="How long each kind of data is kept before it is purged, with a signed receipt. What is under a hold or restricted stays until that ends."
    >
      <LoadProblem loaded={classes} />
      {classes.data === undefined && classes.problem === undefined && <RowsPlaceholder rows={8} />}
      {classes.data !== undefined && (
        <div className="card">
          <ul className="rows" aria-label="Retention periods">
            {classes.data.map((choice) => (
              <li key={choice.name}>
                <ClassRow choice={choice} onChanged={classes.reload} />
              </li>
            ))}
          </ul>
        </div>
      )}
      {can("erasures:read") && <Runs />}
    </Page>
  );
}

function ClassRow({ choice, onChanged }: { choice: RetentionChoice; onChanged(): void }) {
  const { can } = useSession();
  const [isOpen, setOpen] = useState(false);
  const { title, covers, days, defaultDays, why, next } = choice;
  return (
    <div className="row">
      <div className="row-main">
        <div className="row-title">{title}</div>
        {coversText(covers) !== title && <div className="row-detail">{coversText(covers)}</div>}
        <p className="retention-why">
          {why} <span className="numbers">{boundsText(choice)}.</span>
        </p>
      </div>
      <div className="retention-period numbers">
        {periodText(days)}
        <span className="small soft">
          {days === defaultDays ? "the default" : `default: ${periodWithin(defaultDays)}`}
        </span>
      </div>
      {can("retention:write") && (
        <Button size="xs" variant="default" aria-label={`Change: ${title}`} onClick={() => setOpen(true)}>
          Change
        </Button>
      )}
      {next !== undefined && <Pending choice={choice} next={next} onChanged={onChanged} />}
      {isOpen && <RetentionDialog choice={choice} onChanged={onChanged} onClose={() => setOpen(false)} />}
    </div>
  );
}

function Pending(props: { choice: RetentionChoice; next: NonNullable<RetentionChoice["next"]>; onChanged(): void }) {
  const { choice, next, onChanged } = props;
  const { api } = useApp();
  const { can } = useSession();
  // Choosing the period in force again is how a pending change is taken back; it holds at once.
  const keep = useAction(async () => {
    await changeRetention(api, choice.name, choice.days);
    saySaved("The change was taken back.");
    onChanged();
  });
  return (
    <div className="retention-next">
      <Notice
        tone="warn"
        title={`Shortens to ${periodWithin(next.days)} on ${fullTime(new Date(next.from))}`}
        action={
          can("retention:write") ? (
            <Button size="xs" variant="default" loading={keep.isPending} onClick={() => keep.run()}>
              Take the change back
            </Button>
          ) : undefined
        }
      >
        Until then everything is kept as before.
      </Notice>
      {keep.problem !== undefined && <ProblemNotice problem={keep.problem} />}
    </div>
  );
}

/** What the newest runs purged, from their receipts. */
function Runs() {
  const { api } = useApp();
  const receipts = useLoad("retention-receipts", async (signal) => {
    const all = await listReceipts(api, signal);
    return all.filter(({ payloadType }) => payloadType === retentionReceiptType).slice(0, 5);
  });
  return (
    <Section
      title="Purged"
      lead="Runs that purged something, newest first. A day on which nothing expired leaves no receipt."
    >
      {receipts.problem !== undefined && <ProblemNotice problem={receipts.problem} />}
      {receipts.data === undefined && receipts.problem === undefined && <RowsPlaceholder rows={2} />}
      {receipts.data !== undefined && (
        <div className="card">
          {receipts.data.length === 0 ? (
            <p className="card-body soft">Nothing has been old enough so far.</p>
          ) : (
            <ul className="rows" aria-label="Purges">
              {receipts.data.map(({ receiptId, createdAt }) => (
                <li key={receiptId}>
                  <Link to={`/receipts/${receiptId}`} className="row">
                    <div className="row-main">
                      <div className="row-title">
                        <When at={createdAt} full />
                      </div>
                      <Purged receiptId={receiptId} />
                    </div>
                    <div className="row-aside">Receipt</div>
                  </Link>
                </li>
              ))}
            </ul>
          )}
        </div>
      )}
    </Section>
  );
}

function Purged({ receiptId }: { receiptId: string }) {
  const { api } = useApp();
  const receipt = useLoad(`receipt/${receiptId}`, (signal) => readReceipt(api, receiptId, signal));
  const stores = receipt.data === undefined ? undefined : receiptContent(receipt.data)?.stores;
  // Not in the log yet, for a minute after the run: the receipt's own page says so.
  if (stores === undefined) return <div className="row-detail">&nbsp;</div>;
  return (
    <div className="row-detail">
      {stores.map(({ name, count }) => `${storeName(name)}: ${count.toLocaleString("en")}`).join(" · ")}
    </div>
  );
}
