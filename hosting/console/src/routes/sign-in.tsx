import "./sign-in.css";
import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useState } from "react";
import { Navigate, useLocation } from "react-router";
import { signIn } from "../api/auth.ts";
import { Logo } from "../components/logo.tsx";
import { Notice } from "../components/notice.tsx";
import { ProblemNotice } from "../components/problem-notice.tsx";
import { useApp } from "../hooks/app.tsx";
import { useSessionHolder } from "../hooks/session-holder.tsx";
import { useAction } from "../hooks/use-action.ts";

/** The door. Where the account lives is found out by asking: one form for every region. */
export function SignIn() {
  const { api } = useApp();
  const { state, enter } = useSessionHolder();
  const location = useLocation();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const entering = useAction(async () => enter(await signIn(api, email.trim(), password)));
  const { from, hasEnded } = placeOf(location.state);
  if (state.kind === "member") return <Navigate to={from} replace />;
  return (
    <div className="sign-in">
      <title>Sign in · Lethe</title>
      <main className="sign-in-form">
        <div className="sign-in-inner">
          <div className="sign-in-brand">
            <Logo size={32} />
            Lethe
          </div>
          <h1>Sign in</h1>
          {hasEnded && entering.problem === undefined && (
            <Notice tone="quiet" role="status">
              Your session has ended. Sign in again to go on where you were.
            </Notice>
          )}
          <form
            style={{ display: "grid", gap: 16 }}
            onSubmit={(event) => {
              event.preventDefault();
              entering.run();
            }}
          >
            <TextInput
              label="E-mail"
              type="email"
              name="email"
              autoComplete="username"
              size="md"
              required
              withAsterisk={false}
              autoFocus
              value={email}
              onChange={(event) => setEmail(event.currentTarget.value)}
            />
            <PasswordInput
              label="Password"
              name="password"
              autoComplete="current-password"
              size="md"
              required
              withAsterisk={false}
              value={password}
              onChange={(event) => setPassword(event.currentTarget.value)}
              visibilityToggleButtonProps={{ "aria-label": "Show password" }}
            />
            {entering.problem !== undefined && <ProblemNotice problem={entering.problem} />}
            <Button type="submit" size="md" loading={entering.isPending}>
              Sign in
            </Button>
          </form>
        </div>
      </main>
      <aside className="sign-in-side">
        <River />
        <p className="sign-in-words">
          Answer every customer.
          <br />
          Forget any of them.
          <br />
          Prove it.
        </p>
        <p className="sign-in-small">
          What visitors write is sealed under a key of their own. Erase a person, and the key goes first.
        </p>
      </aside>
    </div>
  );
}

function River() {
  return (
    <svg viewBox="0 0 600 800" preserveAspectRatio="xMidYMid slice" aria-hidden="true">
      <g fill="none" stroke="#85c2c9" strokeLinecap="round">
        {[0, 1, 2, 3, 4, 5, 6, 7, 8].map((line) => (
          <path
            key={line}
            d={`M-40 ${70 + line * 46}c110-60 170-60 280 0s170 60 280 0 150-52 220-18`}
            strokeWidth={2.5 - line * 0.22}
            strokeDasharray={line === 0 ? undefined : `${640 - line * 66} ${8 + line * 13}`}
            opacity={0.62 - line * 0.062}
          />
        ))}
      </g>
    </svg>
  );
}

/** Where to go after sign-in: the page that asked for it. What stands in a history entry is not trusted to be ours. */
function placeOf(state: unknown): { from: string; hasEnded: boolean } {
  if (typeof state !== "object" || state === null) return { from: "/", hasEnded: false };
  const from = "from" in state && typeof state.from === "string" && state.from.startsWith("/") ? state.from : "/";
  return { from, hasEnded: "hasEnded" in state && state.hasEnded === true };
}
