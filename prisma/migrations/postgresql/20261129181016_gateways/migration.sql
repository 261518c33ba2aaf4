-- CreateTable
CREATE TABLE "Gateway" (
    "id" TEXT COLLATE "C" NOT NULL,
    "instance" TEXT COLLATE "C" NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL,
    "version" TEXT COLLATE "C" NOT NULL,
    "httpUrl" TEXT COLLATE "C",
    "httpsUrl" TEXT COLLATE "C",
    "adminUrl" TEXT COLLATE "C" NOT NULL,
    "startedAt" TIMESTAMP(3) NOT NULL,
    "lastSeenAt" TIMESTAMP(3) NOT NULL,
    "generation" INTEGER NOT NULL,
    "problems" TEXT COLLATE "C" NOT NULL DEFAULT '[]',
    "signature" TEXT COLLATE "C" NOT NULL,

    CONSTRAINT "Gateway_pkey" PRIMARY KEY ("id")
);
