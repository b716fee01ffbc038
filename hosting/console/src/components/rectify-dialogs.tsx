import { SegmentedControl, TextInput } from "@mantine/core";
import { useState } from "react";
import { rectify, verifyIdentifier } from "../api/rights.ts";
import type { Identifier } from "../api/shapes.ts";
import { useApp } from "../hooks/app.tsx";
import { type Correctable, correctable, correctionBody, corrections } from "../words/rights.ts";
import { ActDialog } from "./act-dialog.tsx";
import type { RightsDialog } from "./restriction-dialogs.tsx";
import { saySaved } from "./saved.ts";

/** Corrects what is kept, showing what it was and what it will be. */
export function RectifyDialog({ subject, onDone, onClose }: RightsDialog) {
  const { api } = useApp();
  const { profile } = subject;
  const [typed, setTyped] = useState<Record<Correctable, string>>({
    name: profile.name ?? "",
    email: profile.email ?? "",
    phone: profile.phone ?? "",
  });
  const changes = corrections(profile, typed);
  const changesAddress = changes.some(({ field, after }) => field === "email" && after !== undefined);
  return (
    <ActDialog
      title="Correct what is kept"
      confirm="Correct"
      isReady={changes.length > 0}
      reason={{ label: "Reason", description: "For example: asked by e-mail on 3 May, showed an identity card." }}
      onClose={onClose}
      act={async (reason) => {
        await rectify(api, subject.subjectId, correctionBody(changes), reason);
        saySaved("Corrected.");
        onDone();
      }}
    >
      {correctable.map(({ field, title }) => (
        <TextInput
          key={field}
          label={title}
          type={field === "email" ? "email" : field === "phone" ? "tel" : "text"}
          autoComplete="off"
          maxLength={field === "name" ? 200 : field === "phone" ? 40 : 254}
          value={typed[field]}
          onChange={(event) => {
            const { value } = event.currentTarget;
            setTyped((before) => ({ ...before, [field]: value }));
          }}
        />
      ))}
      {changes.length > 0 && (
        <div aria-live="polite">
          <dl className="facts corrections">
            {changes.map(({ field, title, before, after }) => (
              <div key={field} className="correction">
                <dt>{title}</dt>
                <dd>
                  {before === undefined ? <span className="soft">not given</span> : <del>{before}</del>}
                  <span aria-hidden="true"> → </span>
                  {after === undefined ? <span className="soft">removed</span> : <ins>{after}</ins>}
                </dd>
              </div>
            ))}
          </dl>
          <p className="small soft" style={{ marginTop: 8 }}>
            Leads that say the same are corrected too, unless a hold keeps them. What was written in the chat stays as
            it was written.
            {changesAddress && " The new address is stated until you verify it; the old one leads here no more."}
          </p>
        </div>
      )}
    </ActDialog>
  );
}

/** Records that staff convinced themselves that an address is the person's. */
export function VerifyDialog(props: RightsDialog & { identifier: Identifier | undefined }) {
  const { subject, identifier, onDone, onClose } = props;
  const { api } = useApp();
  const [kind, setKind] = useState<"email" | "phone">(identifier?.kind === "phone" ? "phone" : "email");
  const [value, setValue] = useState(identifier?.value ?? "");
  return (
    <ActDialog
      title={identifier === undefined ? "Add a verified address" : "Verify this address"}
      confirm="It is theirs"
      isReady={value.trim() !== ""}
      reason={{
        label: "How you made sure",
        description: "For example: answered from this address on 3 May; called the number back.",
      }}
      onClose={onClose}
      act={async (how) => {
        await verifyIdentifier(api, subject.subjectId, { kind, value: value.trim() }, how);
        saySaved("Verified.");
        onDone();
      }}
    >
      <p className="soft">
        Requests from a verified address are acted upon, and letters go to it. Somebody who typed an address may not be
        the one who owns it (Art. 12(6)).
      </p>
      {identifier === undefined ? (
        <>
          <SegmentedControl
            aria-label="Kind of address"
            value={kind}
            onChange={(next) => setKind(next === "phone" ? "phone" : "email")}
            data={[
              { value: "email", label: "E-mail" },
              { value: "phone", label: "Phone" },
            ]}
          />
          <TextInput
            label={kind === "email" ? "E-mail address" : "Phone number"}
            description="Sealed with the person, and kept as a keyed hash to find the person by."
            type={kind === "email" ? "email" : "tel"}
            autoComplete="off"
            maxLength={254}
            required
            value={value}
            onChange={(event) => setValue(event.currentTarget.value)}
          />
        </>
      ) : (
        <p className="verify-value">{identifier.value}</p>
      )}
    </ActDialog>
  );
}
