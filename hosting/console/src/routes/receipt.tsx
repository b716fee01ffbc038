import { Button, Skeleton } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useParams } from "react-router";
import { type LogKey, readLogKeys, readReceipt } from "../api/privacy.ts";
import { CopyText } from "../components/copy-text.tsx";
import { Page, Section } from "../components/page.tsx";
import { ProblemNotice } from "../components/problem-notice.tsx";
import { ReceiptWords } from "../components/receipt-words.tsx";
import { useApp } from "../hooks/app.tsx";
import { useLoad } from "../hooks/use-load.ts";
import { type LogPlace, logPlace, payloadTypeOf, receiptContent, receiptKind } from "../words/receipt.ts";
import { fullTime } from "../words/time.ts";

const back = { to: "/receipts", title: "Receipts" };

/** One receipt: in words, as the signed JSON, and how a stranger checks it. */
export function Receipt() {
  const { receiptId = "" } = useParams();
  const { api } = useApp();
  const receipt = useLoad(`receipt/${receiptId}`, (signal) => readReceipt(api, receiptId, signal));
  const { data, problem } = receipt;
  if (data === undefined) {
    return (
      <Page title="Receipt" back={back}>
        {problem === undefined ? (
          <Skeleton height={360} className="after-a-while" />
        ) : problem.code === "store-unavailable" ? (
          <ProblemNotice
            problem={problem}
            says="This receipt waits for its proof."
            todo="The log takes it in within a minute. Look again then."
            action={<TryAgain onTry={receipt.reload} />}
          />
        ) : (
          <ProblemNotice problem={problem} action={<TryAgain onTry={receipt.reload} />} />
        )}
      </Page>
    );
  }
  const json = JSON.stringify(data, null, 2);
  const content = receiptContent(data);
  const place = logPlace(data);
  return (
    <Page
      title={`Receipt: ${receiptKind(payloadTypeOf(data)).toLowerCase()}`}
      back={back}
      lead={content === undefined ? undefined : `Issued on ${fullTime(new Date(content.issuedAt))}`}
      actions={
        <Button leftSection={<IconDownload size={17} stroke={1.7} />} onClick={() => download(json, receiptId)}>
          Download JSON
        </Button>
      }
    >
      {content !== undefined && <ReceiptWords content={content} />}
      {place !== undefined && <Check receiptId={receiptId} place={place} />}
      <Section title="As it was signed" lead="The envelope, its entry in the log, and the proof that the log holds it.">
        <CopyText isBlock label="receipt as JSON" text={json} />
      </Section>
    </Page>
  );
}

/** How somebody who trusts nobody checks a receipt. */
function Check({ receiptId, place }: { receiptId: string; place: LogPlace }) {
  const { api } = useApp();
  const keys = useLoad(`log-keys/${place.logId}`, (signal) => readLogKeys(api, place.logId, signal));
  const [key, ...earlier] = keys.data ?? [];
  return (
    <Section
      title="Check it without us"
      lead={`Download it, copy the folder “verify” to any machine with Node (no account, no network), and run this. It says whether this text was signed and whether entry ${place.index} of the log names it.`}
    >
      <div style={{ display: "grid", gap: 10 }}>
        <CopyText
          isBlock
          label="command to verify"
          text={`node verify/verify.mjs receipt-${receiptId}.json --key '${key?.verifierKey ?? "VERIFIER_KEY"}'`}
        />
        <p className="small soft" style={{ overflowWrap: "anywhere" }}>
          The key of log {place.origin} is public. Compare it with one that reached you another way: everything rests on
          it.
        </p>
        {earlier.length > 0 && (
          <p className="small soft">What was signed before {until(earlier[0])} is verified with an earlier key:</p>
        )}
        {earlier.map((old) => (
          <CopyText
            key={old.verifierKey}
            isBlock
            label={`key that signed until ${until(old)}`}
            text={old.verifierKey}
          />
        ))}
      </div>
    </Section>
  );
}

function until(key: LogKey | undefined): string {
  return key?.until === undefined ? "then" : fullTime(new Date(key.until));
}

function TryAgain({ onTry }: { onTry(): void }) {
  return (
    <Button size="xs" variant="default" onClick={onTry}>
      Try again
    </Button>
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
