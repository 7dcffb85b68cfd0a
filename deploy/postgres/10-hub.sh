#!/bin/sh
# Runs once, when the database is made: the hub owns its schema and may create its two roles, and is no superuser.
set -eu
psql -v ON_ERROR_STOP=1 -v password="$(cat "$HUB_DB_PASSWORD_FILE")" --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
create role hub login createrole password :'password';
create database hub owner hub;
SQL
