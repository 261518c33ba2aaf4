-- CreateTable
CREATE TABLE "EarlierDraft" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "apiId" TEXT NOT NULL,
    "definition" TEXT NOT NULL,
    "author" TEXT NOT NULL DEFAULT '',
    "changes" TEXT NOT NULL DEFAULT '',
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "EarlierDraft_apiId_fkey" FOREIGN KEY ("apiId") REFERENCES "Api" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateIndex
CREATE INDEX "EarlierDraft_apiId_id_idx" ON "EarlierDraft"("apiId", "id");
