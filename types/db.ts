// Generated from the live schema by `voice-worker db types`. Do not edit: change a migration.

export type Json = string | number | boolean | null | { [key: string]: Json | undefined } | Json[];

export type AccountRole = "agent" | "member" | "admin" | "owner";

/** Who belongs to an account, and in which role. */
export interface AccountMembership {
  id: string;
  account_id: string;
  user_id: string;
  role: AccountRole;
  created_at: string;
  updated_at: string;
}

export interface AccountMembershipInsert {
  id?: string;
  account_id: string;
  user_id: string;
  role: AccountRole;
  created_at?: string;
  updated_at?: string;
}

export type AccountMembershipUpdate = Partial<AccountMembershipInsert>;

export type AccountPlan = "free" | "pro" | "enterprise";

export type AccountStatus = "active" | "suspended" | "closed";

export interface Account {
  id: string;
  name: string;
  slug: string;
  plan: AccountPlan;
  status: AccountStatus;
  created_at: string;
  updated_at: string;
}

export interface AccountInsert {
  id?: string;
  name: string;
  slug: string;
  plan?: AccountPlan;
  status?: AccountStatus;
  created_at?: string;
  updated_at?: string;
}

export type AccountUpdate = Partial<AccountInsert>;

export interface AuditLog {
  id: number;
  account_id: string;
  actor: string;
  event_type: string;
  entity_type: string;
  entity_id: string;
  before: Json | null;
  after: Json | null;
  created_at: string;
  updated_at: string;
  user_id: string | null;
  seq: number;
  salt: string | null;
  body_digest: string;
  hash: string;
  erased_at: string | null;
}

export interface AuditLogInsert {
  account_id: string;
  actor: string;
  event_type: string;
  entity_type: string;
  entity_id: string;
  before?: Json | null;
  after?: Json | null;
  created_at?: string;
  updated_at?: string;
  user_id?: string | null;
  seq: number;
  salt?: string | null;
  body_digest: string;
  hash: string;
  erased_at?: string | null;
}

export type AuditLogUpdate = Partial<AuditLogInsert>;

export type CallCostComponent = "trunk" | "transport" | "stt" | "tts" | "llm" | "embedding" | "compute";

export interface CallCost {
  account_id: string;
  call_session_id: string;
  minute: number;
  component: CallCostComponent;
  provider: string;
  unit: string;
  quantity: number;
  micro_dollars: number;
  priced: boolean;
  created_at: string;
  updated_at: string;
}

export interface CallCostInsert {
  account_id: string;
  call_session_id: string;
  minute: number;
  component: CallCostComponent;
  provider: string;
  unit: string;
  quantity: number;
  micro_dollars: number;
  priced: boolean;
  created_at?: string;
  updated_at?: string;
}

export type CallCostUpdate = Partial<CallCostInsert>;

export interface CallEvent {
  id: string;
  account_id: string;
  call_session_id: string;
  seq: number;
  type: string;
  offset_ms: number;
  at: string;
  body: Json;
  created_at: string;
  updated_at: string;
}

export interface CallEventInsert {
  id?: string;
  account_id: string;
  call_session_id: string;
  seq: number;
  type: string;
  offset_ms: number;
  at: string;
  body: Json;
  created_at?: string;
  updated_at?: string;
}

export type CallEventUpdate = Partial<CallEventInsert>;

export type CallSessionStatus = "connecting" | "active" | "completed" | "failed" | "abandoned";

export type CallSessionTransport = "web" | "sip" | "media";

export interface CallSession {
  id: string;
  account_id: string;
  campaign_id: string;
  flow_id: string;
  flow_version: number;
  lead_id: string | null;
  status: CallSessionStatus;
  transport: CallSessionTransport;
  worker: string | null;
  outcome: string | null;
  answered_at: string | null;
  ended_at: string | null;
  duration_ms: number | null;
  cost_cents: number | null;
  metadata: Json;
  created_at: string;
  updated_at: string;
  erased_at: string | null;
}

export interface CallSessionInsert {
  id?: string;
  account_id: string;
  campaign_id: string;
  flow_id: string;
  flow_version: number;
  lead_id?: string | null;
  status?: CallSessionStatus;
  transport: CallSessionTransport;
  worker?: string | null;
  outcome?: string | null;
  answered_at?: string | null;
  ended_at?: string | null;
  duration_ms?: number | null;
  cost_cents?: number | null;
  metadata?: Json;
  created_at?: string;
  updated_at?: string;
  erased_at?: string | null;
}

export type CallSessionUpdate = Partial<CallSessionInsert>;

export type CallTranscriptSpeaker = "caller" | "ai_agent" | "human_agent" | "system";

export interface CallTranscript {
  id: string;
  account_id: string;
  call_session_id: string;
  seq: number;
  speaker: CallTranscriptSpeaker;
  text: string;
  heard_text: string | null;
  offset_ms: number;
  duration_ms: number | null;
  confidence: number | null;
  interrupted: boolean;
  created_at: string;
  updated_at: string;
}

export interface CallTranscriptInsert {
  id?: string;
  account_id: string;
  call_session_id: string;
  seq: number;
  speaker: CallTranscriptSpeaker;
  text: string;
  heard_text?: string | null;
  offset_ms: number;
  duration_ms?: number | null;
  confidence?: number | null;
  interrupted?: boolean;
  created_at?: string;
  updated_at?: string;
}

export type CallTranscriptUpdate = Partial<CallTranscriptInsert>;

export type CampaignStatus = "draft" | "active" | "paused" | "archived";

export type CampaignEntryType = "web" | "phone" | "both";

export interface Campaign {
  id: string;
  account_id: string;
  name: string;
  slug: string;
  status: CampaignStatus;
  entry_type: CampaignEntryType;
  primary_flow_id: string | null;
  settings: Json;
  created_at: string;
  updated_at: string;
}

export interface CampaignInsert {
  id?: string;
  account_id: string;
  name: string;
  slug: string;
  status?: CampaignStatus;
  entry_type?: CampaignEntryType;
  primary_flow_id?: string | null;
  settings?: Json;
  created_at?: string;
  updated_at?: string;
}

export type CampaignUpdate = Partial<CampaignInsert>;

export type DeliveryStatus = "pending" | "delivered" | "failed";

export type DeliveryPriority = "low" | "normal" | "high" | "urgent";

/** The outbox: written with the lead, sent until the receiver took it; the id lets it tell repeats. */
export interface Delivery {
  id: string;
  account_id: string;
  integration_id: string;
  call_session_id: string;
  lead_id: string | null;
  status: DeliveryStatus;
  payload: Json;
  attempts: number;
  next_attempt_at: string;
  delivered_at: string | null;
  last_error: string | null;
  created_at: string;
  updated_at: string;
  erased_at: string | null;
  request_id: string | null;
  priority: DeliveryPriority;
  reason: string;
}

export interface DeliveryInsert {
  id?: string;
  account_id: string;
  integration_id: string;
  call_session_id: string;
  lead_id?: string | null;
  status?: DeliveryStatus;
  payload?: Json;
  attempts?: number;
  next_attempt_at?: string;
  delivered_at?: string | null;
  last_error?: string | null;
  created_at?: string;
  updated_at?: string;
  erased_at?: string | null;
  request_id?: string | null;
  priority?: DeliveryPriority;
  reason?: string;
}

export type DeliveryUpdate = Partial<DeliveryInsert>;

/** Numbers an account must not call, whatever the campaign. */
export interface DoNotCall {
  account_id: string;
  number: string;
  reason: string;
  created_at: string;
}

export interface DoNotCallInsert {
  account_id: string;
  number: string;
  reason?: string;
  created_at?: string;
}

export type DoNotCallUpdate = Partial<DoNotCallInsert>;

export interface Flow {
  id: string;
  account_id: string;
  campaign_id: string;
  name: string;
  version: number;
  definition: Json;
  checked_at: string | null;
  created_at: string;
  updated_at: string;
  checker: number | null;
}

export interface FlowInsert {
  id?: string;
  account_id: string;
  campaign_id: string;
  name: string;
  version: number;
  definition: Json;
  checked_at?: string | null;
  created_at?: string;
  updated_at?: string;
  checker?: number | null;
}

export type FlowUpdate = Partial<FlowInsert>;

export type HandoffRequestStatus = "pending" | "claimed" | "resolved";

export type HandoffRequestPriority = "low" | "normal" | "high" | "urgent";

export interface HandoffRequest {
  id: string;
  account_id: string;
  call_session_id: string;
  lead_id: string | null;
  status: HandoffRequestStatus;
  priority: HandoffRequestPriority;
  reason: string;
  target: string;
  payload: Json;
  created_at: string;
  updated_at: string;
  assigned_to_user_id: string | null;
  deadline: string | null;
  claimed_at: string | null;
  resolved_at: string | null;
  erased_at: string | null;
  connect_to: string;
}

export interface HandoffRequestInsert {
  id?: string;
  account_id: string;
  call_session_id: string;
  lead_id?: string | null;
  status?: HandoffRequestStatus;
  priority?: HandoffRequestPriority;
  reason?: string;
  target?: string;
  payload?: Json;
  created_at?: string;
  updated_at?: string;
  assigned_to_user_id?: string | null;
  deadline?: string | null;
  claimed_at?: string | null;
  resolved_at?: string | null;
  erased_at?: string | null;
  connect_to?: string;
}

export type HandoffRequestUpdate = Partial<HandoffRequestInsert>;

export type IntegrationType = "slack" | "asana" | "webhook" | "email" | "crm";

/** Slack, Asana, webhooks, mail and CRM systems of an account. */
export interface Integration {
  id: string;
  account_id: string;
  name: string;
  type: IntegrationType;
  config: Json;
  secrets: string | null;
  active: boolean;
  created_at: string;
  updated_at: string;
}

export interface IntegrationInsert {
  id?: string;
  account_id: string;
  name: string;
  type: IntegrationType;
  config?: Json;
  secrets?: string | null;
  active?: boolean;
  created_at?: string;
  updated_at?: string;
}

export type IntegrationUpdate = Partial<IntegrationInsert>;

export type KnowledgeDocumentStatus = "pending" | "indexed" | "failed";

export interface KnowledgeDocument {
  id: string;
  account_id: string;
  source_id: string;
  status: KnowledgeDocumentStatus;
  uri_or_path: string;
  content_hash: string | null;
  metadata: Json;
  created_at: string;
  updated_at: string;
}

export interface KnowledgeDocumentInsert {
  id?: string;
  account_id: string;
  source_id: string;
  status?: KnowledgeDocumentStatus;
  uri_or_path: string;
  content_hash?: string | null;
  metadata?: Json;
  created_at?: string;
  updated_at?: string;
}

export type KnowledgeDocumentUpdate = Partial<KnowledgeDocumentInsert>;

export type KnowledgeSourceType = "uploaded_doc" | "web_crawl" | "manual_qna" | "api_sync";

export interface KnowledgeSource {
  id: string;
  account_id: string;
  campaign_id: string | null;
  name: string;
  type: KnowledgeSourceType;
  config: Json;
  created_at: string;
  updated_at: string;
  passages: number | null;
  problem: string | null;
}

export interface KnowledgeSourceInsert {
  id?: string;
  account_id: string;
  campaign_id?: string | null;
  name: string;
  type: KnowledgeSourceType;
  config?: Json;
  created_at?: string;
  updated_at?: string;
  passages?: number | null;
  problem?: string | null;
}

export type KnowledgeSourceUpdate = Partial<KnowledgeSourceInsert>;

export type LeadStatus = "new" | "contacted" | "qualified" | "converted" | "unqualified";

export interface Lead {
  id: string;
  account_id: string;
  campaign_id: string;
  call_session_id: string;
  name: string | null;
  email: string | null;
  phone: string | null;
  company: string | null;
  status: LeadStatus;
  score: number | null;
  intent_summary: string | null;
  fields: Json;
  completed_at: string | null;
  created_at: string;
  updated_at: string;
  erased_at: string | null;
}

export interface LeadInsert {
  id?: string;
  account_id: string;
  campaign_id: string;
  call_session_id: string;
  name?: string | null;
  email?: string | null;
  phone?: string | null;
  company?: string | null;
  status?: LeadStatus;
  score?: number | null;
  intent_summary?: string | null;
  fields?: Json;
  completed_at?: string | null;
  created_at?: string;
  updated_at?: string;
  erased_at?: string | null;
}

export type LeadUpdate = Partial<LeadInsert>;

export type TrunkKind = "register" | "address" | "twilio" | "telnyx" | "plivo";

/** Carriers of an account: SIP accounts and media streams. */
export interface Trunk {
  id: string;
  account_id: string;
  name: string;
  kind: TrunkKind;
  config: Json;
  secrets: string | null;
  active: boolean;
  created_at: string;
  updated_at: string;
}

export interface TrunkInsert {
  id?: string;
  account_id: string;
  name: string;
  kind: TrunkKind;
  config?: Json;
  secrets?: string | null;
  active?: boolean;
  created_at?: string;
  updated_at?: string;
}

export type TrunkUpdate = Partial<TrunkInsert>;

/** People who can sign in; made when their login is made. */
export interface User {
  id: string;
  auth_user_id: string | null;
  email: string | null;
  name: string;
  created_at: string;
  updated_at: string;
}

export interface UserInsert {
  id?: string;
  auth_user_id?: string | null;
  email?: string | null;
  name?: string;
  created_at?: string;
  updated_at?: string;
}

export type UserUpdate = Partial<UserInsert>;

export interface CampaignWithFlow extends Campaign {
  flow: Flow | null;
}

export interface FlowWithCampaign extends Flow {
  campaign: Campaign;
}

export interface KnowledgeSourceWithDocuments extends KnowledgeSource {
  documents: KnowledgeDocument[];
}

export interface CallSessionWithTranscript extends CallSession {
  lead: Lead | null;
  transcript: CallTranscript[];
}

export interface CallSessionWithCosts extends CallSession {
  costs: CallCost[];
}

export interface LeadWithCall extends Lead {
  call_session: CallSession;
}

export interface HandoffRequestWithLead extends HandoffRequest {
  lead: Lead | null;
  call_session: CallSession;
}

export interface AccountMembershipWithUser extends AccountMembership {
  user: User;
}

export interface DeliveryWithIntegration extends Delivery {
  integration: Integration;
}

export interface Database {
  public: {
    Tables: {
      account_memberships: {
        Row: Pick<AccountMembership, keyof AccountMembership>;
        Insert: Pick<AccountMembershipInsert, keyof AccountMembershipInsert>;
        Update: AccountMembershipUpdate;
        Relationships: [
          { foreignKeyName: "account_memberships_account_id_fkey"; columns: ["account_id"]; isOneToOne: false; referencedRelation: "accounts"; referencedColumns: ["id"] },
          { foreignKeyName: "account_memberships_user_id_fkey"; columns: ["user_id"]; isOneToOne: false; referencedRelation: "users"; referencedColumns: ["id"] },
        ];
      };
      accounts: {
        Row: Pick<Account, keyof Account>;
        Insert: Pick<AccountInsert, keyof AccountInsert>;
        Update: AccountUpdate;
        Relationships: [
        ];
      };
      audit_logs: {
        Row: Pick<AuditLog, keyof AuditLog>;
        Insert: Pick<AuditLogInsert, keyof AuditLogInsert>;
        Update: AuditLogUpdate;
        Relationships: [
          { foreignKeyName: "audit_logs_account_id_fkey"; columns: ["account_id"]; isOneToOne: false; referencedRelation: "accounts"; referencedColumns: ["id"] },
          { foreignKeyName: "audit_logs_user_id_fkey"; columns: ["user_id"]; isOneToOne: false; referencedRelation: "users"; referencedColumns: ["id"] },
        ];
      };
      call_costs: {
        Row: Pick<CallCost, keyof CallCost>;
        Insert: Pick<CallCostInsert, keyof CallCostInsert>;
        Update: CallCostUpdate;
        Relationships: [
          { foreignKeyName: "call_costs_account_id_call_session_id_fkey"; columns: ["account_id", "call_session_id"]; isOneToOne: false; referencedRelation: "call_sessions"; referencedColumns: ["account_id", "id"] },
          { foreignKeyName: "call_costs_account_id_fkey"; columns: ["account_id"]; isOneToOne: false; referencedRelation: "accounts"; referencedColumns: ["id"] },
        ];
      };
      call_events: {
        Row: Pick<CallEvent, keyof CallEvent>;
        Insert: Pick<CallEventInsert, keyof CallEventInsert>;
        Update: CallEventUpdate;
        Relationships: [
          { foreignKeyName: "call_events_account_id_call_session_id_fkey"; columns: ["account_id", "call_session_id"]; isOneToOne: false; referencedRelation: "call_sessions"; referencedColumns: ["account_id", "id"] },
          { foreignKeyName: "call_events_account_id_fkey"; columns: ["account_id"]; isOneToOne: false; referencedRelation: "accounts"; referencedColumns: ["id"] },
        ];
      };
      call_sessions: {
        Row: Pick<CallSession, keyof CallSession>;
        Insert: Pick<CallSessionInsert, keyof CallSessionInsert>;
        Update: CallSessionUpdate;
        Relationships: [
          { foreignKeyName: "call_sessions_account_id_campaign_id_fkey"; columns: ["account_id", "campaign_id"]; isOneToOne: false; referencedRelation: "campaigns"; referencedColumns: ["account_id", "id"] },
          { foreignKeyName: "call_sessions_account_id_fkey"; columns: ["account_id"]; isOneToOne: false; referencedRelation: "accounts"; referencedColumns: ["id"] },
          { foreignKeyName: "call_sessions_account_id_flow_id_fkey"; columns: ["account_id", "flow_id"]; isOneToOne: false; referencedRelation: "flows"; referencedColumns: ["account_id", "id"] },
          { foreignKeyName: "call_sessions_account_id_lead_id_fkey"; columns: ["account_id", "lead_id"]; isOneToOne: false; referencedRelation: "leads"; referencedColumns: ["account_id", "id"] },
        ];
      };
      call_transcripts: {
        Row: Pick<CallTranscript, keyof CallTranscript>;
        Insert: Pick<CallTranscriptInsert, keyof CallTranscriptInsert>;
        Update: CallTranscriptUpdate;
        Relationships: [
          { foreignKeyName: "call_transcripts_account_id_call_session_id_fkey"; columns: ["account_id", "call_session_id"]; isOneToOne: false; referencedRelation: "call_sessions"; referencedColumns: ["account_id", "id"] },
          { foreignKeyName: "call_transcripts_account_id_fkey"; columns: ["account_id"]; isOneToOne: false; referencedRelation: "accounts"; referencedColumns: ["id"] },
        ];
      };
      campaigns: {
        Row: Pick<Campaign, keyof Campaign>;
        Insert: Pick<CampaignInsert, keyof CampaignInsert>;
        Update: CampaignUpdate;
        Relationships: [
          { foreignKeyName: "campaigns_account_id_fkey"; columns: ["account_id"]; isOneToOne: false; referencedRelation: "accounts"; referencedColumns: ["id"] },
          { foreignKeyName: "campaigns_account_id_primary_flow_id_fkey"; columns: ["account_id", "primary_flow_id"]; isOneToOne: false; referencedRelation: "flows"; referencedColumns: ["account_id", "id"] },
        ];
      };
      deliveries: {
        Row: Pick<Delivery, keyof Delivery>;
        Insert: Pick<DeliveryInsert, keyof DeliveryInsert>;
        Update: DeliveryUpdate;
        Relationships: [
          { foreignKeyName: "deliveries_account_id_call_session_id_fkey"; columns: ["account_id", "call_session_id"]; isOneToOne: false; referencedRelation: "call_sessions"; referencedColumns: ["account_id", "id"] },
          { foreignKeyName: "deliveries_account_id_fkey"; columns: ["account_id"]; isOneToOne: false; referencedRelation: "accounts"; referencedColumns: ["id"] },
          { foreignKeyName: "deliveries_account_id_integration_id_fkey"; columns: ["account_id", "integration_id"]; isOneToOne: false; referencedRelation: "integrations"; referencedColumns: ["account_id", "id"] },
          { foreignKeyName: "deliveries_account_id_lead_id_fkey"; columns: ["account_id", "lead_id"]; isOneToOne: false; referencedRelation: "leads"; referencedColumns: ["account_id", "id"] },
        ];
      };
      do_not_call: {
        Row: Pick<DoNotCall, keyof DoNotCall>;
        Insert: Pick<DoNotCallInsert, keyof DoNotCallInsert>;
        Update: DoNotCallUpdate;
        Relationships: [
          { foreignKeyName: "do_not_call_account_id_fkey"; columns: ["account_id"]; isOneToOne: false; referencedRelation: "accounts"; referencedColumns: ["id"] },
        ];
      };
      flows: {
        Row: Pick<Flow, keyof Flow>;
        Insert: Pick<FlowInsert, keyof FlowInsert>;
        Update: FlowUpdate;
        Relationships: [
          { foreignKeyName: "flows_account_id_campaign_id_fkey"; columns: ["account_id", "campaign_id"]; isOneToOne: false; referencedRelation: "campaigns"; referencedColumns: ["account_id", "id"] },
          { foreignKeyName: "flows_account_id_fkey"; columns: ["account_id"]; isOneToOne: false; referencedRelation: "accounts"; referencedColumns: ["id"] },
        ];
      };
      handoff_requests: {
        Row: Pick<HandoffRequest, keyof HandoffRequest>;
        Insert: Pick<HandoffRequestInsert, keyof HandoffRequestInsert>;
        Update: HandoffRequestUpdate;
        Relationships: [
          { foreignKeyName: "handoff_requests_account_id_assigned_to_user_id_fkey"; columns: ["account_id", "assigned_to_user_id"]; isOneToOne: false; referencedRelation: "account_memberships"; referencedColumns: ["account_id", "user_id"] },
          { foreignKeyName: "handoff_requests_account_id_call_session_id_fkey"; columns: ["account_id", "call_session_id"]; isOneToOne: false; referencedRelation: "call_sessions"; referencedColumns: ["account_id", "id"] },
          { foreignKeyName: "handoff_requests_account_id_fkey"; columns: ["account_id"]; isOneToOne: false; referencedRelation: "accounts"; referencedColumns: ["id"] },
          { foreignKeyName: "handoff_requests_account_id_lead_id_fkey"; columns: ["account_id", "lead_id"]; isOneToOne: false; referencedRelation: "leads"; referencedColumns: ["account_id", "id"] },
        ];
      };
      integrations: {
        Row: Pick<Integration, keyof Integration>;
        Insert: Pick<IntegrationInsert, keyof IntegrationInsert>;
        Update: IntegrationUpdate;
        Relationships: [
          { foreignKeyName: "integrations_account_id_fkey"; columns: ["account_id"]; isOneToOne: false; referencedRelation: "accounts"; referencedColumns: ["id"] },
        ];
      };
      knowledge_documents: {
        Row: Pick<KnowledgeDocument, keyof KnowledgeDocument>;
        Insert: Pick<KnowledgeDocumentInsert, keyof KnowledgeDocumentInsert>;
        Update: KnowledgeDocumentUpdate;
        Relationships: [
          { foreignKeyName: "knowledge_documents_account_id_fkey"; columns: ["account_id"]; isOneToOne: false; referencedRelation: "accounts"; referencedColumns: ["id"] },
          { foreignKeyName: "knowledge_documents_account_id_source_id_fkey"; columns: ["account_id", "source_id"]; isOneToOne: false; referencedRelation: "knowledge_sources"; referencedColumns: ["account_id", "id"] },
        ];
      };
      knowledge_sources: {
        Row: Pick<KnowledgeSource, keyof KnowledgeSource>;
        Insert: Pick<KnowledgeSourceInsert, keyof KnowledgeSourceInsert>;
        Update: KnowledgeSourceUpdate;
        Relationships: [
          { foreignKeyName: "knowledge_sources_account_id_campaign_id_fkey"; columns: ["account_id", "campaign_id"]; isOneToOne: false; referencedRelation: "campaigns"; referencedColumns: ["account_id", "id"] },
          { foreignKeyName: "knowledge_sources_account_id_fkey"; columns: ["account_id"]; isOneToOne: false; referencedRelation: "accounts"; referencedColumns: ["id"] },
        ];
      };
      leads: {
        Row: Pick<Lead, keyof Lead>;
        Insert: Pick<LeadInsert, keyof LeadInsert>;
        Update: LeadUpdate;
        Relationships: [
          { foreignKeyName: "leads_account_id_call_session_id_fkey"; columns: ["account_id", "call_session_id"]; isOneToOne: false; referencedRelation: "call_sessions"; referencedColumns: ["account_id", "id"] },
          { foreignKeyName: "leads_account_id_campaign_id_fkey"; columns: ["account_id", "campaign_id"]; isOneToOne: false; referencedRelation: "campaigns"; referencedColumns: ["account_id", "id"] },
          { foreignKeyName: "leads_account_id_fkey"; columns: ["account_id"]; isOneToOne: false; referencedRelation: "accounts"; referencedColumns: ["id"] },
        ];
      };
      trunks: {
        Row: Pick<Trunk, keyof Trunk>;
        Insert: Pick<TrunkInsert, keyof TrunkInsert>;
        Update: TrunkUpdate;
        Relationships: [
          { foreignKeyName: "trunks_account_id_fkey"; columns: ["account_id"]; isOneToOne: false; referencedRelation: "accounts"; referencedColumns: ["id"] },
        ];
      };
      users: {
        Row: Pick<User, keyof User>;
        Insert: Pick<UserInsert, keyof UserInsert>;
        Update: UserUpdate;
        Relationships: [
        ];
      };
    };
    Views: Record<never, never>;
    Functions: {
      /** Adds somebody who has signed up; admins may add anybody but an owner. */
      add_member: { Args: { account_id: string; email: string; role: AccountRole }; Returns: string };
      /** Takes a pending hand-off for the signed-in user, and says where its caller, if they wait, is to be
connected to; refused when somebody else was first. */
      claim_handoff: { Args: { handoff_id: string; connect_to: string }; Returns: HandoffRequest };
      /** Makes an account and the signed-in user its owner. */
      create_account: { Args: { name: string; slug: string }; Returns: string };
      /** Accounts the signed-in user belongs to. */
      get_user_account_ids: { Args: Record<PropertyKey, never>; Returns: string[] };
      /** Whether the signed-in user has this role in the account, or a higher one. */
      has_account_role: { Args: { account_id: string; role: AccountRole }; Returns: boolean };
      /** Closes a hand-off; for whoever claimed it, and for admins. */
      resolve_handoff: { Args: { handoff_id: string }; Returns: HandoffRequest };
    };
    Enums: {
      account_role: AccountRole;
    };
    CompositeTypes: Record<never, never>;
  };
}
