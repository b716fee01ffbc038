import { Button, Textarea } from "@mantine/core";
import { useState } from "react";
import { requestAccountExport } from "../api/privacy.ts";
import { useApp } from "../hooks/app.tsx";
import { useAction, useIntentKey } from "../hooks/use-action.ts";
import { Dialog } from "./dialog.tsx";
import { ProblemNotice } from "./problem-notice.tsx";
import { StartedExport } from "./started-export.tsx";

/** Starts the export of everything that the account holds. */
export function AccountExport({ onStarted }: { onStarted(): void }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button variant="default" onClick={() => setOpen(true)}>
        Export the whole account
      </Button>
      {isOpen && <AccountExportDialog onStarted={onStarted} onClose={() => setOpen(false)} />}
    </>
  );
}

function AccountExportDialog({ onStarted, onClose }: { onStarted(): void; onClose(): void }) {
  const { api } = useApp();
  const [reason, setReason] = useState("");
  const [started, setStarted] = useState<{ exportId: string; jobId: string }>();
  const intent = useIntentKey();
  const start = useAction(async () => {
    setStarted(await requestAccountExport(api, reason.trim(), intent.key));
    onStarted();
  });
  return (
    <Dialog onClose={onClose} size={560} title="Export the whole account">
      {started !== undefined ? (
        <StartedExport exportId={started.exportId} jobId={started.jobId} onClose={onClose} />
      ) : (
        <form
          className="dialog"
          onSubmit={(event) => {
            event.preventDefault();
            start.run();
          }}
        >
          <p>
            Every conversation, person, lead, document and setting, and the audit log, as one signed bag that another
            Lethe account can import. It holds personal data of everybody: keep it as safe as this console.
          </p>
          <Textarea
            label="Reason"
            autosize
            minRows={2}
            maxLength={500}
            required
            value={reason}
            onChange={(event) => {
              setReason(event.currentTarget.value);
              intent.renew();
            }}
          />
          {start.problem !== undefined && <ProblemNotice problem={start.problem} />}
          <div className="dialog-actions">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={start.isPending} disabled={reason.trim().length < 3}>
              Start export
            </Button>
          </div>
        </form>
      )}
    </Dialog>
  );
}
