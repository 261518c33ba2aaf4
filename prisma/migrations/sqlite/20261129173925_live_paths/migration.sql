-- CreateTable
CREATE TABLE "Live" (
    "apiId" TEXT NOT NULL PRIMARY KEY,
    "deploymentId" INTEGER NOT NULL,
    "generation" INTEGER NOT NULL,
    "path" TEXT,
    "unversioned" TEXT,
    CONSTRAINT "Live_apiId_fkey" FOREIGN KEY ("apiId") REFERENCES "Api" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "Live_deploymentId_fkey" FOREIGN KEY ("deploymentId") REFERENCES "Deployment" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "LivePath" (
    "path" TEXT NOT NULL PRIMARY KEY,
    "apiId" TEXT NOT NULL,
    "isOwn" BOOLEAN NOT NULL,
    CONSTRAINT "LivePath_apiId_fkey" FOREIGN KEY ("apiId") REFERENCES "Api" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateIndex
CREATE UNIQUE INDEX "Live_deploymentId_key" ON "Live"("deploymentId");

-- CreateIndex
CREATE INDEX "Live_path_idx" ON "Live"("path");

-- CreateIndex
CREATE INDEX "Live_unversioned_idx" ON "Live"("unversioned");

-- CreateIndex
CREATE INDEX "LivePath_apiId_idx" ON "LivePath"("apiId");
