-- AlterTable
ALTER TABLE "Api" ADD COLUMN "lifeCycle" TEXT;
