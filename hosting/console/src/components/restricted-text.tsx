import { Button } from "@mantine/core";
import { IconShieldLock } from "@tabler/icons-react";
import { useState } from "react";
import { type OpenConversation, openRestricted, type RestrictedUse } from "../api/conversations.ts";
import { openRestrictedLead } from "../api/leads.ts";
import type { Lead } from "../api/shapes.ts";
import { useApp, useSession } from "../hooks/app.tsx";
import { restrictedUses } from "../words/rights.ts";
import { ActDialog } from "./act-dialog.tsx";
import { Choices } from "./choices.tsx";
import { EmptyState } from "./empty-state.tsx";

interface RestrictedTextProps {
  conversationId: string;
  onUsed(use: RestrictedUse, opened: OpenConversation): void;
}

/** Stands for the words of a restricted person's lead, and opens them for a use that the law allows. */
export function RestrictedLead({ leadId, onOpened }: { leadId: string; onOpened(lead: Lead): void }) {
  const { api } = useApp();
  const { can } = useSession();
  const [isOpen, setOpen] = useState(false);
  return (
    <span className="soft">
      Processing of this person is restricted: the words are kept, and not shown.{" "}
      {can("subjects:write") && (
        <Button size="compact-xs" variant="default" onClick={() => setOpen(true)}>
          Open for a use that the law allows
        </Button>
      )}
      {isOpen && (
        <UseDialog
          onUse={async (use) => onOpened(await openRestrictedLead(api, leadId, use))}
          onClose={() => setOpen(false)}
        />
      )}
    </span>
  );
}

/** Stands for the text of a restricted person, and opens it for a use that the law allows. */
export function RestrictedText({ conversationId, onUsed }: RestrictedTextProps) {
  const { api } = useApp();
  const { can } = useSession();
  const [isOpen, setOpen] = useState(false);
  const mayUse = can("subjects:write");
  return (
    <EmptyState
      icon={IconShieldLock}
      title="Processing of this person is restricted"
      action={
        mayUse ? (
          <Button variant="default" onClick={() => setOpen(true)}>
            Open it for a use that the law allows
          </Button>
        ) : undefined
      }
    >
      The text is kept, and not shown. {mayUse ? "Opening it needs a ground of Art. 18(2), which is recorded." : ""}
      {isOpen && (
        <UseDialog
          onUse={async (use) => onUsed(use, await openRestricted(api, conversationId, use))}
          onClose={() => setOpen(false)}
        />
      )}
    </EmptyState>
  );
}

function UseDialog({ onUse, onClose }: { onUse(use: RestrictedUse): Promise<void>; onClose(): void }) {
  const [ground, setGround] = useState<RestrictedUse["ground"]>();
  return (
    <ActDialog
      title="Use restricted data"
      confirm="Open the text"
      isReady={ground !== undefined}
      reason={{ label: "What you need it for", description: "Sealed with the person's key; read in the audit trail." }}
      onClose={onClose}
      act={async (reason) => {
        if (ground === undefined) return;
        await onUse({ ground, reason });
      }}
    >
      <Choices
        legend="Ground"
        name="use"
        value={ground}
        options={restrictedUses}
        onChange={(value) => setGround(value)}
      />
    </ActDialog>
  );
}
