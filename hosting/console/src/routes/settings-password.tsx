import { Button, PasswordInput } from "@mantine/core";
import { useState } from "react";
import { changePassword } from "../api/auth.ts";
import { ProblemNotice } from "../components/problem-notice.tsx";
import { saySaved } from "../components/saved.ts";
import { useApp } from "../hooks/app.tsx";
import { useAction } from "../hooks/use-action.ts";

const toggle = { visibilityToggleButtonProps: { "aria-label": "Show password" } };

/** The member's own password. */
export function Password() {
  const { api } = useApp();
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const change = useAction(async () => {
    await changePassword(api, current, next);
    setCurrent("");
    setNext("");
    saySaved("Your password is changed. You are signed out everywhere else.");
  });
  return (
    <section aria-label="Your password">
      <title>Your password · Settings · Lethe</title>
      <div className="settings-head">
        <h2>Your password</h2>
        <p className="section-lead">Changing it signs you out everywhere else.</p>
      </div>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          change.run();
        }}
      >
        <PasswordInput
          label="Current password"
          autoComplete="current-password"
          required
          {...toggle}
          value={current}
          onChange={(event) => setCurrent(event.currentTarget.value)}
        />
        <PasswordInput
          label="New password"
          description="At least 12 characters. Longer is better than stranger."
          autoComplete="new-password"
          required
          minLength={12}
          maxLength={200}
          {...toggle}
          value={next}
          onChange={(event) => setNext(event.currentTarget.value)}
        />
        {change.problem !== undefined && <ProblemNotice problem={change.problem} />}
        <div className="form-actions">
          <Button type="submit" loading={change.isPending} disabled={current === "" || next.length < 12}>
            Change password
          </Button>
        </div>
      </form>
    </section>
  );
}
