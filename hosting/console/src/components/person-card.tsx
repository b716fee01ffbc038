import "./person-card.css";
import type { ReactNode } from "react";
import { Link } from "react-router";
import type { Subject } from "../api/shapes.ts";
import { personName } from "../words/things.ts";
import { Initials } from "./initials.tsx";
import { PersonActions } from "./person-actions.tsx";
import { SubjectTag } from "./tag.tsx";
import { When } from "./when.tsx";

/** Who is on the other side of a conversation. */
export function PersonCard({ subject, onErasing }: { subject: Subject; onErasing(): void }) {
  return (
    <section className="person-card" aria-label="Person">
      <div style={{ display: "flex", gap: 12, alignItems: "center", minWidth: 0 }}>
        <Initials name={personName(subject)} />
        <div style={{ minWidth: 0 }}>
          <Link className="link clip" style={{ display: "block", fontWeight: 580 }} to={`/people/${subject.subjectId}`}>
            {personName(subject)}
          </Link>
          <SubjectTag state={subject.state} />
        </div>
      </div>
      {subject.state !== "erasing" && <ProfileFacts subject={subject} />}
      <div className="person-actions">
        <PersonActions subject={subject} size="xs" onErasing={onErasing} />
      </div>
    </section>
  );
}

/** What a person told about themselves. */
export function ProfileFacts({ subject }: { subject: Subject }) {
  const { name, email, phone, reference } = subject.profile;
  return (
    <dl className="facts facts-apart">
      <Fact title="Name">{name}</Fact>
      <Fact title="E-mail">{email}</Fact>
      <Fact title="Phone">{phone}</Fact>
      {reference !== undefined && <Fact title="Your reference">{reference}</Fact>}
      <Fact title="First contact">
        <When at={subject.createdAt} full />
      </Fact>
    </dl>
  );
}

function Fact({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div>
      <dt>{title}</dt>
      <dd>{children ?? <span className="soft">not given</span>}</dd>
    </div>
  );
}
