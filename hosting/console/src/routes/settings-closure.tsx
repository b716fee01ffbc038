import "../components/closure.css";
import { Button } from "@mantine/core";
import { useState } from "react";
import { Link } from "react-router";
import { cancelClosure, requestClosure, waiveClosure } from "../api/closure.ts";
import type { Closure } from "../api/settings-shapes.ts";
import { AccountExport } from "../components/account-export.tsx";
import { ClosureProofDialog } from "../components/closure-proof.tsx";
import { ConfirmDialog } from "../components/confirm-dialog.tsx";
import { Notice } from "../components/notice.tsx";
import { saySaved } from "../components/saved.ts";
import { SettingsPart } from "../components/settings-part.tsx";
import { useApp, useSession } from "../hooks/app.tsx";
import { useAction } from "../hooks/use-action.ts";
import { useClosure } from "../hooks/use-closure.ts";
import { closingSteps, closingText } from "../words/closure.ts";
import { count } from "../words/things.ts";

interface Part {
  closure: Closure;
  onChanged(closure: Closure): void;
}

/** The end of the account: asked for, taken back, hastened. */
export function ClosureSettings() {
  const closure = useClosure();
  return (
    <SettingsPart
      title="Delete the account"
      lead="Everything, of everybody, for good. You have time to export it and to change your mind."
      loaded={closure}
    >
      {(value) =>
        value.state === "open" ? (
          <Open closure={value} onChanged={closure.changed} />
        ) : (
          <Going closure={value} onChanged={closure.changed} />
        )
      }
    </SettingsPart>
  );
}

function Open({ closure, onChanged }: Part) {
  const { can } = useSession();
  const [isAsking, setAsking] = useState(false);
  return (
    <div className="closure">
      <ol className="closing-steps">
        {closingSteps(closure.graceDays, new Date()).map(({ when, what }) => (
          <li key={when}>
            <strong>{when}</strong>
            <span className="soft">{what}</span>
          </li>
        ))}
      </ol>
      <ExportFirst />
      {closure.holds > 0 && <Blocked holds={closure.holds} />}
      {can("account:close") ? (
        <div>
          <Button color="red" disabled={closure.holds > 0} onClick={() => setAsking(true)}>
            Delete this account…
          </Button>
        </div>
      ) : (
        <p className="soft">Only an owner of the account can delete it.</p>
      )}
      {isAsking && (
        <ClosureProofDialog
          title="Delete this account"
          confirm="Delete this account"
          act={requestClosure}
          done="The account is being deleted. You can take it back until the end of the grace."
          onChanged={onChanged}
          onClose={() => setAsking(false)}
        >
          <p>
            The chat stops at once. After {count(closure.graceDays, "day")} everything is deleted, and{" "}
            <strong>nobody can bring it back</strong>.
          </p>
        </ClosureProofDialog>
      )}
    </div>
  );
}

function Going({ closure, onChanged }: Part) {
  const { can } = useSession();
  const mayClose = can("account:close") && closure.state === "closing";
  const isWaived = closure.closure?.waivedAt !== undefined;
  return (
    <div className="closure">
      <Notice
        tone="danger"
        title={
          closure.state === "deleting"
            ? "This account is being deleted"
            : isWaived
              ? "Deletion begins within the hour"
              : `Deletion begins in ${count(closure.closure?.daysLeft ?? 0, "day")}`
        }
      >
        {closingText(closure)}
        {closure.state === "deleting" && " Owners get the certificate by mail."}
      </Notice>
      {closure.state === "closing" && <ExportFirst />}
      {closure.holds > 0 && <Blocked holds={closure.holds} />}
      {mayClose && (
        <div className="closure-actions">
          <Cancel onChanged={onChanged} />
          {!isWaived && <Waive closure={closure} onChanged={onChanged} />}
        </div>
      )}
    </div>
  );
}

function Cancel({ onChanged }: Pick<Part, "onChanged">) {
  const { api } = useApp();
  const [isAsking, setAsking] = useState(false);
  const cancel = useAction(async () => {
    onChanged(await cancelClosure(api));
    setAsking(false);
    saySaved("The account stays. Visitors can chat again.");
  });
  return (
    <>
      <Button onClick={() => setAsking(true)}>Keep the account</Button>
      {isAsking && (
        <ConfirmDialog
          title="Keep the account?"
          confirm="Keep the account"
          isPending={cancel.isPending}
          problem={cancel.problem}
          onConfirm={() => cancel.run()}
          onClose={() => setAsking(false)}
        >
          The deletion is taken back, and visitors can chat again within a minute.
        </ConfirmDialog>
      )}
    </>
  );
}

function Waive({ closure, onChanged }: Part) {
  const [isAsking, setAsking] = useState(false);
  return (
    <>
      <Button variant="default" className="danger-button" disabled={closure.holds > 0} onClick={() => setAsking(true)}>
        Delete without waiting…
      </Button>
      {isAsking && (
        <ClosureProofDialog
          title="Delete without waiting"
          confirm="Delete now"
          act={waiveClosure}
          done="The deletion begins within the hour."
          onChanged={onChanged}
          onClose={() => setAsking(false)}
        >
          <p>
            You give up the rest of the grace. The deletion begins within the hour and{" "}
            <strong>cannot be taken back</strong>. Exports made before are deleted with the account: download them
            first.
          </p>
        </ClosureProofDialog>
      )}
    </>
  );
}

function ExportFirst() {
  const { can } = useSession();
  if (!can("exports:account")) return null;
  return (
    <Notice
      tone="quiet"
      title="Take everything with you first"
      action={
        <div className="closure-actions">
          <AccountExport onStarted={() => undefined} />
          <Link className="link" to="/settings/privacy">
            Exports made
          </Link>
        </div>
      }
    >
      One signed BagIt bag of documented JSON that other software can read. It is deleted with the account, so download
      it.
    </Notice>
  );
}

function Blocked({ holds }: { holds: number }) {
  return (
    <Notice
      tone="warn"
      title={`${count(holds, "legal hold")} ${holds === 1 ? "is" : "are"} in force`}
      action={
        <Link className="link" to="/holds">
          Holds
        </Link>
      }
    >
      What the law makes you keep cannot be deleted. Release each, or wait for its end.
    </Notice>
  );
}
