-- CreateTable
CREATE TABLE "EndpointSwitch" (
    "apiId" TEXT NOT NULL,
    "endpointId" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "author" TEXT NOT NULL DEFAULT '',
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,

    PRIMARY KEY ("apiId", "endpointId"),
    CONSTRAINT "EndpointSwitch_apiId_fkey" FOREIGN KEY ("apiId") REFERENCES "Api" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- RedefineTables
PRAGMA defer_foreign_keys=ON;
PRAGMA foreign_keys=OFF;
CREATE TABLE "new_Deployment" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "apiId" TEXT NOT NULL,
    "revisionId" TEXT,
    "revisionNumber" INTEGER,
    "author" TEXT NOT NULL DEFAULT '',
    "note" TEXT NOT NULL DEFAULT '',
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "Deployment_apiId_fkey" FOREIGN KEY ("apiId") REFERENCES "Api" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "Deployment_revisionId_fkey" FOREIGN KEY ("revisionId") REFERENCES "Revision" ("id") ON DELETE SET NULL ON UPDATE CASCADE
);
-- Edited by hand: rows from before the column get their numbers from the revisions, which are all still there.
INSERT INTO "new_Deployment" ("apiId", "author", "createdAt", "id", "revisionId", "revisionNumber") SELECT d."apiId", d."author", d."createdAt", d."id", d."revisionId", r."number" FROM "Deployment" d LEFT JOIN "Revision" r ON r."id" = d."revisionId";
DROP TABLE "Deployment";
ALTER TABLE "new_Deployment" RENAME TO "Deployment";
CREATE INDEX "Deployment_apiId_id_idx" ON "Deployment"("apiId", "id");
PRAGMA foreign_keys=ON;
PRAGMA defer_foreign_keys=OFF;
