import "./rows.css";
import { Button } from "@mantine/core";
import { useState } from "react";
import { Link } from "react-router";
import type { Hold } from "../api/privacy-shapes.ts";
import { heldText } from "../words/rights.ts";
import { shortId, visitorName } from "../words/things.ts";
import { dayOf } from "../words/time.ts";
import { HeldItems } from "./held-items.tsx";
import { ExtendHold, ReleaseHold } from "./hold-dialogs.tsx";
import { Tag } from "./tag.tsx";

/**
 * A hold: what it keeps, why, until when, and what can be done with it.
 *
 * @param props.namesPerson - whether it stands among holds of other people.
 */
export function HoldRow(props: { hold: Hold; namesPerson?: boolean; onChanged(): void }) {
  const { hold, namesPerson = false, onChanged } = props;
  const [open, setOpen] = useState<"read" | "extend" | "release">();
  const close = () => setOpen(undefined);
  const isActive = hold.state === "active";
  const end = dayOf(new Date(hold.endsAt));
  return (
    <div className="row">
      <div className="row-main">
        <div className="row-title">
          <span>{hold.basis}</span>
          {isActive ? <Tag tone="warn">In force</Tag> : <Tag>{hold.state === "lifted" ? "Released" : "Ended"}</Tag>}
        </div>
        <div className="row-detail">
          {namesPerson && (
            <>
              {hold.subjectErased ? (
                `Erased person ${shortId(hold.subjectId)}`
              ) : (
                <Link className="link" to={`/people/${hold.subjectId}`}>
                  {visitorName(hold.subjectId)}
                </Link>
              )}
              {" · "}
            </>
          )}
          {heldText(hold.items)} · placed {dayOf(new Date(hold.createdAt))} ·{" "}
          {hold.state === "ended" ? `ended ${end}` : hold.state === "lifted" ? `was to end ${end}` : `until ${end}`}
        </div>
      </div>
      {isActive && (
        <div className="row-aside">
          {hold.subjectErased && (
            <Button size="xs" variant="default" onClick={() => setOpen("read")}>
              Read
            </Button>
          )}
          <Button size="xs" variant="default" onClick={() => setOpen("extend")}>
            Extend
          </Button>
          <Button size="xs" variant="default" onClick={() => setOpen("release")}>
            Release
          </Button>
        </div>
      )}
      {open === "read" && <HeldItems hold={hold} onClose={close} />}
      {open === "extend" && <ExtendHold hold={hold} onDone={onChanged} onClose={close} />}
      {open === "release" && <ReleaseHold hold={hold} onDone={onChanged} onClose={close} />}
    </div>
  );
}
