-- CreateTable
CREATE TABLE "Generation" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "value" INTEGER NOT NULL
);

-- It goes on from where the highest id was.
INSERT INTO "Generation" ("id", "value") SELECT 1, COALESCE(MAX("id"), 0) FROM "Change";
