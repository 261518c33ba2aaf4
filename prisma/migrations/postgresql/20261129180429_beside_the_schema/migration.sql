-- What the schema cannot say.

-- The only row, whose lock orders the commits that gateways must see (prisma/generation.ts).
INSERT INTO "Generation" ("id", "value") VALUES (1, 0);

-- A document as JSON; null for a text that is none (prisma/insideDocuments.ts).
-- Not PARALLEL SAFE: what catches an error opens a subtransaction, which parallel workers may not.
CREATE FUNCTION sluice_json(text) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE STRICT AS $$
BEGIN
  RETURN $1::jsonb;
EXCEPTION WHEN data_exception THEN
  RETURN NULL;
END $$;
