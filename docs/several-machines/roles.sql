-- Database and roles, made once by an administrator of the server: psql -f docs/several-machines/roles.sql
-- The publisher owns the database. A gateway reads it, and says in one table that it is there (docs/several-machines.md).
CREATE ROLE sluice LOGIN PASSWORD 'of the publisher';
CREATE ROLE sluice_gateway LOGIN PASSWORD 'of the gateways';
CREATE DATABASE sluice OWNER sluice TEMPLATE template0 ENCODING 'UTF8';
\connect sluice
-- Tables that the publisher makes, now and with later versions.
ALTER DEFAULT PRIVILEGES FOR ROLE sluice IN SCHEMA public GRANT SELECT ON TABLES TO sluice_gateway;
