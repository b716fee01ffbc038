import { Button } from "@mantine/core";
import { useState } from "react";
import { requestAccountExport } from "../api/privacy.ts";
import { useApp } from "../hooks/app.tsx";
import { StartExport } from "./start-export.tsx";

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
  return (
    <StartExport
      title="Export the whole account"
      onClose={onClose}
      start={async (reason, key) => {
        const started = await requestAccountExport(api, reason, key);
        onStarted();
        return started;
      }}
    >
      <p>
        Every conversation, person, lead, document and setting, and the audit log, as one signed BagIt bag: documented
        JSON that other software can read. It holds personal data of everybody: keep it as safe as this console.
      </p>
    </StartExport>
  );
}
