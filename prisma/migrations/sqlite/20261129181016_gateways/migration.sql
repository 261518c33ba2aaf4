-- CreateTable
CREATE TABLE "Gateway" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "instance" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "version" TEXT NOT NULL,
    "httpUrl" TEXT,
    "httpsUrl" TEXT,
    "adminUrl" TEXT NOT NULL,
    "startedAt" DATETIME NOT NULL,
    "lastSeenAt" DATETIME NOT NULL,
    "generation" INTEGER NOT NULL,
    "problems" TEXT NOT NULL DEFAULT '[]',
    "signature" TEXT NOT NULL
);
