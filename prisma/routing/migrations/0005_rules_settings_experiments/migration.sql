-- What administrators say over the API about where calls go: rules, router settings, experiments.
CREATE TABLE "experiment" (
  "id" TEXT NOT NULL,
  "org_id" TEXT NOT NULL,
  "team_id" TEXT,
  "name" TEXT NOT NULL,
  "model_group" TEXT NOT NULL,
  "unit" TEXT NOT NULL,
  "variants" JSONB NOT NULL,
  "target_metric" TEXT NOT NULL,
  "sample_min" INTEGER NOT NULL,
  "auto_promote" JSONB,
  "state" TEXT NOT NULL,
  "winner" TEXT,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "started_at" TIMESTAMPTZ(3),
  "concluded_at" TIMESTAMPTZ(3),
  "check_due_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "experiment_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "experiment_org_id_id_idx" ON "experiment" ("org_id", "id");
-- One at a time for each group and team.
CREATE UNIQUE INDEX "experiment_running" ON "experiment" ("org_id", "model_group", coalesce("team_id", '')) WHERE "state" = 'running';

CREATE TABLE "routing_rule" (
  "id" TEXT NOT NULL,
  "org_id" TEXT NOT NULL,
  "team_id" TEXT,
  "name" TEXT NOT NULL,
  "priority" INTEGER NOT NULL,
  "enabled" BOOLEAN NOT NULL,
  "conditions" JSONB NOT NULL,
  "action" JSONB NOT NULL,
  "experiment_id" TEXT,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "routing_rule_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "routing_rule_experiment_id_fkey" FOREIGN KEY ("experiment_id") REFERENCES "experiment" ("id") ON DELETE SET NULL ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "routing_rule_experiment_id_key" ON "routing_rule" ("experiment_id");
CREATE INDEX "routing_rule_org_id_priority_id_idx" ON "routing_rule" ("org_id", "priority", "id");

CREATE TABLE "router_settings" (
  "org_id" TEXT NOT NULL,
  "settings" JSONB NOT NULL,
  CONSTRAINT "router_settings_pkey" PRIMARY KEY ("org_id")
);
