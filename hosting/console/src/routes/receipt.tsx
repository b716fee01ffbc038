import { Button, Skeleton } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useParams } from "react-router";
import { readReceipt } from "../api/privacy.ts";
import { CopyText } from "../components/copy-text.tsx";
import { Page, Section } from "../components/page.tsx";
import { ProblemNotice } from "../components/problem-notice.tsx";
import { When } from "../components/when.tsx";
import { useApp } from "../hooks/app.tsx";
import { useLoad } from "../hooks/use-load.ts";
import { type ReceiptContent, receiptContent } from "../words/receipt.ts";
import { count, shortId, storeName } from "../words/things.ts";
import { dayOf, fullTime, untilText } from "../words/time.ts";
import "../components/erase-preview.css";

const back = { to: "/receipts", title: "Receipts" };

/** One receipt: in words, as the signed JSON, and how a stranger checks it. */
export function Receipt() {
  const { receiptId = "" } = useParams();
  const { api } = useApp();
  const receipt = useLoad(`receipt/${receiptId}`, (signal) => readReceipt(api, receiptId, signal));
  const json = receipt.data === undefined ? undefined : JSON.stringify(receipt.data, null, 2);
  const content = receipt.data === undefined ? undefined : receiptContent(receipt.data);
  return (
    <Page
      title={`Receipt ${shortId(receiptId)}`}
      back={back}
      lead={content === undefined ? undefined : `Issued on ${fullTime(new Date(content.issuedAt))}`}
      actions={
        json === undefined ? undefined : (
          <Button leftSection={<IconDownload size={17} stroke={1.7} />} onClick={() => download(json, receiptId)}>
            Download JSON
          </Button>
        )
      }
    >
      {receipt.problem !== undefined && <ProblemNotice problem={receipt.problem} />}
      {json === undefined && receipt.problem === undefined && <Skeleton height={360} className="after-a-while" />}
      {content !== undefined && <InWords content={content} />}
      {json !== undefined && (
        <>
          <Section
            title="Check it without us"
            lead="Download the receipt, take the verifier (Node only, no account, no network) and the log's public key. It checks the signature and the proof that the audit log holds this receipt."
          >
            <CopyText
              label="command to verify"
              text={`npm run verify -- receipt-${receiptId}.json --key VERIFIER_KEY`}
            />
          </Section>
          <Section title="As it was signed">
            <CopyText isBlock label="receipt as JSON" text={json} />
          </Section>
        </>
      )}
    </Page>
  );
}

function InWords({ content }: { content: ReceiptContent }) {
  const { stores, exceptions, unreadableBy, purgedBy, residue, providerRemanence } = content;
  const touched = stores.filter((store) => store.count > 0);
  return (
    <div className="preview">
      <div className="card card-body">
        <dl className="facts">
          <dt>Asked for</dt>
          <dd>
            <When at={content.requestedAt} full />
          </dd>
          {unreadableBy !== undefined && (
            <>
              <dt>Unreadable by</dt>
              <dd>
                {dayOf(new Date(unreadableBy))}: the last backup of the key is gone by then. Live systems could not read
                it from the start.
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
                {residue.found === 0 ? "Nothing found" : count(residue.found, "record")}. Method: {residue.method}. Not
                searched: {residue.notSearched.join(", ")}.
              </dd>
            </>
          )}
          {providerRemanence !== undefined && (
            <>
              <dt>Provider</dt>
              <dd>{providerRemanence}</dd>
            </>
          )}
        </dl>
      </div>
      <Section title="What was deleted">
        <ul className="preview-list">
          {touched.map((store) => (
            <li key={store.name}>
              <span>{storeName(store.name)}</span>
              <span className="soft numbers">
                {store.action === "destroy-key" ? "destroyed" : count(store.count, "record")}
              </span>
            </li>
          ))}
        </ul>
      </Section>
      <Section title="What remains, why and until when">
        <ul className="preview-list">
          {exceptions.map(({ name, reason, until }) => (
            <li key={name}>
              <span>
                {storeName(name)}
                <br />
                <span className="soft small">{reason}</span>
              </span>
              <span className="soft">until {untilText(until)}</span>
            </li>
          ))}
        </ul>
      </Section>
    </div>
  );
}

function download(json: string, receiptId: string): void {
  const url = URL.createObjectURL(new Blob([json], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `receipt-${receiptId}.json`;
  link.click();
  URL.revokeObjectURL(url);
}
