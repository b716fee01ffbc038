import { PasswordInput, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import type { Api } from "../api/api.ts";
import type { ClosureProof } from "../api/closure.ts";
import { asProblem } from "../api/problem.ts";
import type { Closure } from "../api/settings-shapes.ts";
import { useApp, useSession } from "../hooks/app.tsx";
import { ActDialog } from "./act-dialog.tsx";
import { saySaved } from "./saved.ts";

/** Asks for the account's name and the owner's password before it acts. */
export function ClosureProofDialog(props: {
  title: string;
  confirm: string;
  done: string;
  children: ReactNode;
  act(api: Api, proof: ClosureProof): Promise<Closure>;
  onChanged(closure: Closure): void;
  onClose(): void;
}) {
  const { title, confirm, done, children, act, onChanged, onClose } = props;
  const { api } = useApp();
  const { me } = useSession();
  const [confirmation, setConfirmation] = useState("");
  const [password, setPassword] = useState("");
  const [isRefused, setRefused] = useState(false);
  return (
    <ActDialog
      title={title}
      confirm={confirm}
      isDangerous
      isReady={confirmation.trim() === me.tenantName.trim() && password !== ""}
      explain={({ code }) => (code === "sign-in-refused" ? "beside" : undefined)}
      onClose={onClose}
      act={async () => {
        setRefused(false);
        const closure = await act(api, { confirmation: confirmation.trim(), password }).catch((error: unknown) => {
          setRefused(asProblem(error).code === "sign-in-refused");
          throw error;
        });
        onChanged(closure);
        saySaved(done);
      }}
    >
      {children}
      <TextInput
        label={
          <>
            Type <strong>{me.tenantName}</strong> to confirm
          </>
        }
        autoComplete="off"
        spellCheck={false}
        value={confirmation}
        onChange={(event) => setConfirmation(event.currentTarget.value)}
      />
      <PasswordInput
        label="Your password"
        autoComplete="current-password"
        visibilityToggleButtonProps={{ "aria-label": "Show password" }}
        error={isRefused ? "This is not your password." : undefined}
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
    </ActDialog>
  );
}
