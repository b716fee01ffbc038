import { useState } from "react";
import { decideObjection, liftRestriction, recordObjection, restrict } from "../api/rights.ts";
import type { Ground, Identifier, Subject } from "../api/shapes.ts";
import { useApp } from "../hooks/app.tsx";
import { grounds, liftable, toldBefore } from "../words/rights.ts";
import { ActDialog } from "./act-dialog.tsx";
import { Choices } from "./choices.tsx";
import { Notice } from "./notice.tsx";
import { saySaved } from "./saved.ts";

/** A dialog about a right of a person. */
export interface RightsDialog {
  subject: Subject;
  onDone(): void;
  onClose(): void;
}

/** Restricts processing on one of three grounds; the fourth is an objection. */
export function RestrictDialog({ subject, onDone, onClose }: RightsDialog) {
  const { api } = useApp();
  const [ground, setGround] = useState<(typeof grounds)[number]["value"]>();
  return (
    <ActDialog
      title="Restrict processing"
      confirm="Restrict"
      isReady={ground !== undefined}
      onClose={onClose}
      act={async () => {
        if (ground === undefined) return;
        await restrict(api, subject.subjectId, ground);
        saySaved("Processing is restricted.");
        onDone();
      }}
    >
      <p className="soft">
        What is kept of this person is kept, and not used: no chat, no AI, no leads, no purges, until you lift it. It
        holds at once (Art. 18).
      </p>
      <Choices
        legend="Ground"
        name="ground"
        value={ground}
        options={grounds.filter(({ value }) => !subject.restriction?.grounds.includes(value))}
        onChange={(value) => setGround(value)}
      />
    </ActDialog>
  );
}

/** Takes a ground of a restriction away; the person is told before the last one goes. */
export function LiftDialog(props: RightsDialog & { identifiers: readonly Identifier[] }) {
  const { subject, identifiers, onDone, onClose } = props;
  const { api } = useApp();
  const given = subject.restriction?.grounds ?? [];
  const options = subject.restriction === undefined ? [] : liftable(subject.restriction);
  const [chosen, setChosen] = useState<Ground>();
  const ground = options.length === 1 ? options[0]?.value : chosen;
  const ends = given.length === 1;
  const told = toldBefore(identifiers);
  return (
    <ActDialog
      title={ends ? "Lift the restriction" : "Take a ground away"}
      confirm={!ends ? "Take it away" : told.length > 0 ? "Tell the person and lift" : "Lift"}
      isReady={ground !== undefined}
      reason={{ label: "Reason", description: "Sealed with the person's key; read in the audit trail." }}
      onClose={onClose}
      act={async (reason) => {
        if (ground === undefined) return;
        await liftRestriction(api, subject.subjectId, ground, reason);
        saySaved(ends ? "The restriction is lifted." : "The ground is gone; the restriction stands on another.");
        onDone();
      }}
    >
      {options.length > 1 && (
        <Choices
          legend="Ground"
          name="lifted"
          value={ground}
          options={options}
          onChange={(value) => setChosen(value)}
        />
      )}
      {ends && <Told told={told} />}
    </ActDialog>
  );
}

/** Art. 18(3): told before it is lifted. */
function Told({ told }: { told: readonly string[] }) {
  return told.length > 0 ? (
    <Notice tone="quiet" title="The person is told first">
      A letter goes to {told.join(", ")}, once each. While one may still get through, nothing is lifted; an address that
      takes no mail at all holds nothing up (Art. 18(3)).
    </Notice>
  ) : (
    <Notice tone="warn" title="Nobody is told by us">
      No e-mail address of this person is verified, and we write to no other. Art. 18(3) asks you to tell them before:
      verify an address, or tell them yourself.
    </Notice>
  );
}

/** Records that the person objected. */
export function ObjectionDialog({ subject, onDone, onClose }: RightsDialog) {
  const { api } = useApp();
  return (
    <ActDialog
      title="Record an objection"
      confirm="Record and restrict"
      onClose={onClose}
      act={async () => {
        await recordObjection(api, subject.subjectId);
        saySaved("The objection is recorded; processing is restricted.");
        onDone();
      }}
    >
      <p>
        The person objects to processing that rests on a legitimate interest (Art. 21(1)). Processing is restricted at
        once, until you have decided whether your grounds override theirs.
      </p>
    </ActDialog>
  );
}

const decisions = [
  {
    value: "upheld" as const,
    title: "Uphold the objection",
    text: "Processing stays restricted. To erase the person, use Erase: it is a request of its own.",
  },
  {
    value: "rejected" as const,
    title: "Reject it",
    text: "You have compelling legitimate grounds, or need the data for legal claims.",
  },
];

/** Decides an objection. */
export function DecideDialog(props: RightsDialog & { identifiers: readonly Identifier[] }) {
  const { subject, identifiers, onDone, onClose } = props;
  const { api } = useApp();
  const [decision, setDecision] = useState<"upheld" | "rejected">();
  const lifts = decision === "rejected" && subject.restriction?.grounds.join() === "objection";
  return (
    <ActDialog
      title="Decide the objection"
      confirm={lifts ? "Reject and lift" : "Decide"}
      isReady={decision !== undefined}
      reason={{ label: "Grounds", description: "What weighed more, and why. Read in the audit trail." }}
      onClose={onClose}
      act={async (reason) => {
        if (decision === undefined) return;
        await decideObjection(api, subject.subjectId, decision, reason);
        saySaved("The objection is decided.");
        onDone();
      }}
    >
      <Choices
        legend="Decision"
        name="decision"
        value={decision}
        options={decisions}
        onChange={(value) => setDecision(value)}
      />
      {lifts && <Told told={toldBefore(identifiers)} />}
    </ActDialog>
  );
}
