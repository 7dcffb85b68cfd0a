-- Sessions of the console, for all hubs of this database; the tables and columns are those of Spring Session JDBC.
--
-- They have no tenant and no row-level security: a session is looked up before anybody knows whose it is, and some are nobody's yet (the sign-in page has
-- one for its token against forged requests). Who is signed in, with which token, and what a consent under way has to prove is in attribute_bytes, which the
-- hub seals with its secret key for this session and this name: rows can be neither read nor made nor exchanged without it. session_id alone is no
-- cookie either, for that has a signature. principal_name stays empty.
create table spring_session (
  primary_id            text primary key,
  session_id            text not null unique,
  creation_time         bigint not null,
  last_access_time      bigint not null,
  max_inactive_interval int not null,
  expiry_time           bigint not null,
  principal_name        text
);
create index on spring_session (expiry_time);

create table spring_session_attributes (
  session_primary_id    text not null references spring_session on delete cascade,
  attribute_name        text not null,
  attribute_bytes       bytea not null,
  primary key (session_primary_id, attribute_name)
);
grant select, insert, update, delete on spring_session, spring_session_attributes to hub_app;
