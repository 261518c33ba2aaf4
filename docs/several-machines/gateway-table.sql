-- Once the tables are there: psql -f docs/several-machines/gateway-table.sql sluice
GRANT INSERT, UPDATE, DELETE ON "Gateway" TO sluice_gateway;
