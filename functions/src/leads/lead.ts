/** Contact details and a message that a visitor left for a person to answer. */
export interface Lead {
  id: string;
  tenantId: string;
  subjectId: string;
  conversationId: string;
  channelId: string;
  state: "new" | "handled";
  createdAt: Date;
}

/** What a visitor leaves; an e-mail address or a phone number is there. */
export interface LeadTexts {
  name?: string;
  email?: string;
  phone?: string;
  message: string;
}

export const leadTextNames = ["name", "email", "phone", "message"] as const satisfies (keyof LeadTexts)[];
