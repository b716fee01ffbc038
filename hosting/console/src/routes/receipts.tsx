import { Button, TextInput } from "@mantine/core";
import { IconReceipt } from "@tabler/icons-react";
import { useState } from "react";
import { Link, useNavigate } from "react-router";
import { EmptyState } from "../components/empty-state.tsx";
import { Page, Section } from "../components/page.tsx";
import { RowsPlaceholder } from "../components/rows.tsx";
import { When } from "../components/when.tsx";
import { useLiveJobs } from "../hooks/use-job.ts";
import { totalCount } from "../words/jobs.ts";
import { shortId } from "../words/things.ts";
import "../components/rows.css";

/** Signed receipts of erasures. */
export function Receipts() {
  const { jobs, isKnown } = useLiveJobs();
  const navigate = useNavigate();
  const [number, setNumber] = useState("");
  const finished = jobs.filter((job) => job.kind === "erasure" && job.state === "done");
  const isNumber = /^[a-z0-9]{20,40}$/.test(number.trim());
  return (
    <Page
      title="Receipts"
      lead="Each finished erasure leaves a signed receipt: what was deleted, what remains elsewhere and until when. It names nobody, so it can be handed on."
    >
      {!isKnown ? (
        <RowsPlaceholder rows={3} />
      ) : (
        <div className="card">
          {finished.length === 0 ? (
            <EmptyState icon={IconReceipt} title="No receipts yet">
              When an erasure has searched every store and found nothing left, its receipt is signed and comes here.
            </EmptyState>
          ) : (
            <ul className="rows" aria-label="Receipts">
              {finished.map((job) => (
                <li key={job.jobId}>
                  <Link to={`/receipts/${job.jobId}`} className="row">
                    <div className="row-main">
                      <div className="row-title">Receipt {shortId(job.jobId)}</div>
                      <div className="row-detail">{totalCount(job)} deleted</div>
                    </div>
                    <div className="row-aside">
                      <When at={job.finishedAt ?? job.updatedAt} full />
                    </div>
                  </Link>
                </li>
              ))}
            </ul>
          )}
        </div>
      )}
      <Section title="Open an older one" lead="Receipts outlive their jobs. The number stands on the receipt itself.">
        <form
          style={{ display: "flex", flexWrap: "wrap", gap: 10 }}
          onSubmit={(event) => {
            event.preventDefault();
            if (isNumber) void navigate(`/receipts/${number.trim()}`);
          }}
        >
          <TextInput
            aria-label="Receipt number"
            placeholder="Receipt number"
            style={{ flex: "1 1 280px", maxWidth: 420 }}
            classNames={{ input: "mono" }}
            value={number}
            onChange={(event) => setNumber(event.currentTarget.value)}
          />
          <Button type="submit" variant="default" disabled={!isNumber}>
            Open
          </Button>
        </form>
      </Section>
    </Page>
  );
}
