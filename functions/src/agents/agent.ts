/** How the AI agent introduces itself and what it is told to do. */
export interface Agent {
  id: string;
  tenantId: string;
  /** Shown to visitors. */
  name: string;
  /** First words of a chat. */
  greeting: string;
  /** What the model is told besides Lethe's own rules. */
  instructions: string;
  /** What is said when a person is offered. */
  handoffText: string;
  createdAt: Date;
  updatedAt: Date;
}

/** A place where the widget stands. */
export interface Channel {
  id: string;
  tenantId: string;
  name: string;
  agentId: string;
  /** Origins of the sites that may frame the panel, such as `https://shop.example`. */
  origins: readonly string[];
  /** Color of the button and the panel, `#rrggbb`. */
  accentColor: string;
  /** Whether it answers. */
  enabled: boolean;
  createdAt: Date;
  updatedAt: Date;
}

export type AgentFields = Pick<Agent, "name" | "greeting" | "instructions" | "handoffText">;
export type ChannelFields = Pick<Channel, "name" | "agentId" | "origins" | "accentColor" | "enabled">;
