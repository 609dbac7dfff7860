#!/bin/sh
# Run once by the image of PostgreSQL, when its volume is empty: makes the role that the application works as. It may
# read and write rows; the tables belong to the role that the migrations run as.
set -eu

psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
  --set password="$TRADEPOST_DATABASE_PASSWORD" <<'SQL'
CREATE ROLE tradepost_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'password';
REVOKE ALL ON DATABASE tradepost FROM PUBLIC;
GRANT CONNECT ON DATABASE tradepost TO tradepost_app;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO tradepost_app;
SQL
