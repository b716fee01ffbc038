import "./people.css";
import { Button, SegmentedControl, TextInput } from "@mantine/core";
import { IconUserOff, IconUserSearch } from "@tabler/icons-react";
import { useState } from "react";
import { Link } from "react-router";
import type { Candidate } from "../api/shapes.ts";
import { type SearchKind, searchSubjects } from "../api/subjects.ts";
import { EmptyState } from "../components/empty-state.tsx";
import { Initials } from "../components/initials.tsx";
import { Page, Section } from "../components/page.tsx";
import { ProblemNotice } from "../components/problem-notice.tsx";
import { SubjectTag, Tag } from "../components/tag.tsx";
import { When } from "../components/when.tsx";
import { useApp } from "../hooks/app.tsx";
import { useAction } from "../hooks/use-action.ts";
import { count, personName } from "../words/things.ts";
import "../components/rows.css";

const fields: Readonly<Record<SearchKind, { label: string; word: string; type: string; example: string }>> = {
  email: { label: "E-mail address", word: "address", type: "email", example: "name@example.com" },
  phone: { label: "Phone number", word: "number", type: "tel", example: "+353 20 911 4420" },
  reference: { label: "Your own id of the person", word: "id", type: "text", example: "customer-4711" },
};

/** Finds a person by an address they gave, or by the id that the business signed for them. */
export function People() {
  const { api } = useApp();
  const [kind, setKind] = useState<SearchKind>("email");
  const [value, setValue] = useState("");
  const [found, setFound] = useState<{ kind: SearchKind; people: readonly Candidate[] }>();
  const search = useAction(async () => {
    setFound({ kind, people: await searchSubjects(api, kind, value.trim()) });
  });
  return (
    <Page
      title="People"
      lead="Find a person by the exact e-mail address or phone number they gave. The search is recorded; the address is not."
    >
      <div className="card card-body">
        <form
          className="people-search"
          onSubmit={(event) => {
            event.preventDefault();
            search.run();
          }}
        >
          <div className="people-search-kind">
            <SegmentedControl
              size="md"
              aria-label="Search by"
              value={kind}
              onChange={(next) => {
                setKind(next === "phone" || next === "reference" ? next : "email");
                setValue("");
              }}
              data={[
                { value: "email", label: "E-mail" },
                { value: "phone", label: "Phone" },
                { value: "reference", label: "Your id" },
              ]}
            />
          </div>
          <TextInput
            key={kind}
            size="md"
            aria-label={fields[kind].label}
            type={fields[kind].type}
            placeholder={fields[kind].example}
            autoComplete="off"
            autoFocus
            value={value}
            onChange={(event) => setValue(event.currentTarget.value)}
          />
          <Button type="submit" size="md" loading={search.isPending} disabled={value.trim() === ""}>
            Search
          </Button>
        </form>
      </div>
      <div aria-live="polite">
        {search.problem !== undefined && (
          <div style={{ marginTop: 16 }}>
            <ProblemNotice problem={search.problem} />
          </div>
        )}
        {found !== undefined && search.problem === undefined && <Found found={found} />}
        {found === undefined && search.problem === undefined && (
          <EmptyState icon={IconUserSearch} title="Somebody asks what you hold of them?">
            Search for their address, check that it is verified, and open their page: there you export or erase them.
          </EmptyState>
        )}
      </div>
    </Page>
  );
}

function Found({ found }: { found: { kind: SearchKind; people: readonly Candidate[] } }) {
  const { kind, people } = found;
  if (people.length === 0) {
    return (
      <EmptyState icon={IconUserOff} title="Nobody gave this address">
        Check the spelling: only the whole {fields[kind].word} matches. Nobody here may ever have given it, or the
        person was erased; after an erasure nobody can tell the two apart.
      </EmptyState>
    );
  }
  return (
    <Section
      title={count(people.length, "person", "people")}
      lead={
        people.some((person) => !person.verified)
          ? "Stated means that somebody typed this address; it may not be theirs. Before you act on it, make sure who is asking."
          : undefined
      }
    >
      <div className="card">
        <ul className="rows" aria-label="People found">
          {people.map(({ subjectId, verified, subject }) => (
            <li key={subjectId}>
              <Link to={`/people/${subjectId}`} className="row">
                <Initials name={personName(subject)} />
                <div className="row-main">
                  <div className="row-title">
                    <span className="clip">{personName(subject)}</span>
                    <SubjectTag state={subject.state} />
                  </div>
                  <div className="row-detail">
                    First contact <When at={subject.createdAt} full />
                  </div>
                </div>
                <div className="row-aside">
                  {verified ? <Tag tone="good">Verified</Tag> : <Tag tone="warn">Stated</Tag>}
                </div>
              </Link>
            </li>
          ))}
        </ul>
      </div>
    </Section>
  );
}
