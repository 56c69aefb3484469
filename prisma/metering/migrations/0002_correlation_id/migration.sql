-- Callers know a call by the X-Request-ID that they sent; several calls may share one.
CREATE INDEX "request_log_correlation_id" ON "request_log" ("org_id", ("record"->>'correlationId'));
