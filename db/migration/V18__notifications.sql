-- Telling people and other systems: channels, who is told, in which words, the outbox of messages, and what the console shows.

-- What a tenant's messages look like, and the language and zone of those that go to no one person.
create table notification_brands (
  tenant_id           text primary key references tenants,
  name                text not null default '',
  logo_url            text not null default '',
  colour              text not null default '#0b5cad' check (colour ~ '^#[0-9a-fA-F]{6}$'),
  language            text not null default 'en',
  time_zone           text not null default 'UTC',
  critical_in_console boolean not null default true,
  updated_at          timestamptz not null default now()
);

-- credentials is an envelope of AES-GCM, never readable without the hub's key. A channel that fails rests until rest_until, for all hubs.
create table notification_channels (
  id                  uuid primary key default gen_random_uuid(),
  tenant_id           text not null references tenants,
  kind                text not null check (kind in ('smtp','sms','slack','teams','pagerduty','in-app')),
  name                text not null,
  enabled             boolean not null default true,
  settings            jsonb not null default '{}',
  credentials         bytea,
  failures            int not null default 0,
  rest_until          timestamptz,
  last_success_at     timestamptz,
  last_error          text,
  last_error_at       timestamptz,
  failing_since       timestamptz,
  created_at          timestamptz not null default now(),
  updated_at          timestamptz not null default now(),
  unique (tenant_id, name)
);

-- addresses: kind of channel -> address. quiet: [{days, from, to}] in the recipient's zone.
create table recipients (
  id                  uuid primary key default gen_random_uuid(),
  tenant_id           text not null references tenants,
  name                text not null,
  role                text not null default '',
  language            text not null default '',
  time_zone           text not null default '',
  addresses           jsonb not null default '{}',
  quiet               jsonb not null default '[]',
  digest              text not null default 'none' check (digest in ('none','hourly','daily')),
  digest_at           time not null default '08:00',
  most                int check (most between 1 and 1000),
  enabled             boolean not null default true,
  created_at          timestamptz not null default now(),
  updated_at          timestamptz not null default now(),
  unique (tenant_id, name)
);

-- steps: [{after_minutes, recipients, roles, channels, via}] in the order in which an event that nobody acknowledges goes on.
create table audiences (
  id                  uuid primary key default gen_random_uuid(),
  tenant_id           text not null references tenants,
  name                text not null,
  steps               jsonb not null default '[]',
  repeats             int not null default 0 check (repeats between 0 and 10),
  created_at          timestamptz not null default now(),
  updated_at          timestamptz not null default now(),
  unique (tenant_id, name)
);

create table notification_templates (
  id                  uuid primary key default gen_random_uuid(),
  tenant_id           text not null references tenants,
  name                text not null,
  channel             text not null default 'any' check (channel in ('any','smtp','sms','slack','teams','pagerduty','in-app')),
  language            text not null,
  subject             text not null default '',
  text                text not null,
  html                text,
  created_at          timestamptz not null default now(),
  updated_at          timestamptz not null default now(),
  unique (tenant_id, name, channel, language)
);

-- credentials: the secret, and for a time after it was changed the one before. wants: names of what happened, * for all.
create table webhook_subscriptions (
  id                  uuid primary key default gen_random_uuid(),
  tenant_id           text not null references tenants,
  name                text not null default '',
  url                 text not null,
  wants               text[] not null,
  enabled             boolean not null default true,
  credentials         bytea,
  disabled_reason     text,
  failures            int not null default 0,
  rest_until          timestamptz,
  last_success_at     timestamptz,
  last_error          text,
  last_error_at       timestamptz,
  failing_since       timestamptz,
  created_at          timestamptz not null default now(),
  updated_at          timestamptz not null default now()
);
create index on webhook_subscriptions (tenant_id);

-- The outbox. A row is written in the event's own transaction and leaves only through the dispatcher. lane is the channel or subscription;
-- unsure counts the attempts that may have arrived without a word; begun says whether the call of this attempt went out. number is the order
-- in which they were planned: rows of one transaction have one time.
create table messages (
  id                  uuid primary key default gen_random_uuid(),
  tenant_id           text not null references tenants,
  kind                text not null check (kind in ('notification','digest','webhook')),
  channel_id          uuid references notification_channels on delete cascade,
  subscription_id     uuid references webhook_subscriptions on delete cascade,
  lane                uuid not null generated always as (coalesce(channel_id, subscription_id)) stored,
  recipient_id        uuid references recipients on delete set null,
  event_id            uuid,
  name                text not null,
  act                 text not null default 'tell' check (act in ('tell','trigger','acknowledge','resolve')),
  audience            text,
  step                int not null default 0,
  address             text not null default '',
  urgent              boolean not null default false,
  facts               jsonb not null,
  dedup_key           text not null,
  state               text not null default 'PLANNED' check (state in ('PLANNED','HELD','SENDING','SENT','DEAD','SUPPRESSED')),
  reason              text,
  digest_id           uuid,
  attempts            int not null default 0,
  begun               boolean not null default false,
  unsure              int not null default 0,
  next_attempt_at     timestamptz not null default now(),
  expires_at          timestamptz not null default now() + interval '1 day',
  claimed_by          text,
  last_error          text,
  last_status         int,
  provider_id         text,
  created_at          timestamptz not null default now(),
  updated_at          timestamptz not null default now(),
  sent_at             timestamptz,
  number              bigint not null generated always as identity,
  unique (tenant_id, dedup_key)
);
create index on messages (tenant_id, next_attempt_at) where state in ('PLANNED','HELD');
create index on messages (lane, urgent desc, next_attempt_at, number) where state = 'PLANNED';
create index on messages (lane) where state = 'SENDING';
create index on messages (tenant_id, created_at desc, id desc);
create index on messages (recipient_id, created_at);
create index on messages (channel_id, created_at);
create index on messages (tenant_id, event_id);
create index on messages (subscription_id, created_at desc);

-- Who has asked not to be written to any more, by the address and not by the recipient, who may come again under another name.
create table unsubscribes (
  tenant_id           text not null references tenants,
  channel             text not null,
  address             text not null,
  at                  timestamptz not null default now(),
  primary key (tenant_id, channel, address)
);

-- Announcements that go on to the next step of their audience until somebody takes care of the event. raises is the event's: when it comes
-- back, its ladder begins anew.
create table escalations (
  id                  uuid primary key default gen_random_uuid(),
  tenant_id           text not null references tenants,
  event_id            uuid not null references events on delete cascade,
  audience            text not null,
  template            text,
  urgent              boolean not null default false,
  policy              text not null default '',
  raises              int not null default 1,
  step                int not null,
  due_at              timestamptz not null,
  ended_at            timestamptz,
  reason              text,
  created_at          timestamptz not null default now(),
  unique (tenant_id, event_id, audience)
);
create index on escalations (due_at) where ended_at is null;

-- What has happened and has not been looked at yet, written by the transaction in which it happened. failures counts looks that went wrong,
-- the last of them at failed_at.
create table happenings (
  id                  bigint generated always as identity primary key,
  tenant_id           text not null references tenants,
  what                text not null,
  event_id            uuid not null,
  action_id           uuid,
  failures            int not null default 0,
  failed_at           timestamptz,
  at                  timestamptz not null default now()
);
create index on happenings (tenant_id, id);

-- Messages of the console. subject is a signed-in name; role one of the hub's; both null is everybody.
create table inbox (
  id                  uuid primary key default gen_random_uuid(),
  tenant_id           text not null references tenants,
  subject             text,
  role                text,
  event_id            uuid,
  severity            text not null,
  title               text not null,
  body                text not null,
  link                text,
  dedup_key           text not null,
  created_at          timestamptz not null default now(),
  unique (tenant_id, dedup_key)
);
create index on inbox (tenant_id, created_at desc, id desc);

create table inbox_reads (
  tenant_id           text not null references tenants,
  inbox_id            uuid not null references inbox on delete cascade,
  subject             text not null,
  at                  timestamptz not null default now(),
  primary key (inbox_id, subject)
);

do $$
declare
  t text;
begin
  foreach t in array array['notification_brands','notification_channels','recipients','audiences','notification_templates','webhook_subscriptions',
                           'messages','unsubscribes','escalations','happenings','inbox','inbox_reads'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy tenant_rows on %I to hub_app using (tenant_id = hub_tenant()) with check (tenant_id = hub_tenant())', t);
    execute format('create policy owner_rows on %I to %I using (true) with check (true)', t, current_user);
    execute format('grant select, insert, update, delete on %I to hub_app', t);
  end loop;
end $$;

create function note_event() returns trigger language plpgsql set search_path from current as $$
declare
  what text;
begin
  if tg_op = 'INSERT' then
    what := 'event.raised';
  elsif new.resolved_at is not null and old.resolved_at is null then
    what := 'event.cleared';
  elsif new.resolved_at is null and old.resolved_at is not null
        or old.status in ('resolved','dismissed') and new.status not in ('resolved','dismissed') then
    what := 'event.reopened';
  elsif new.status <> old.status and new.status in ('acknowledged','dismissed','shelved','resolved') then
    what := 'event.' || new.status;
  elsif new.status <> old.status and old.status = 'shelved' then
    what := 'event.unshelved';
  elsif old.suppressed is not null and new.suppressed is null then
    what := 'event.released';
  elsif new.severity <> old.severity then
    what := 'event.worsened';
  else
    return null;
  end if;
  insert into happenings (tenant_id, what, event_id) values (new.tenant_id, what, new.id);
  return null;
end $$;
create trigger note_event after insert or update of status, severity, resolved_at, suppressed on events for each row execute function note_event();

create function note_action() returns trigger language plpgsql set search_path from current as $$
declare
  what text;
begin
  what := case new.state
    when 'ACCEPTED' then case when old.state in ('IN_PROGRESS','ON_HOLD') then null when new.joined then 'joined' else 'created' end
    when 'COMPLETED' then 'completed'
    when 'CANCELLED' then 'cancelled'
    when 'DEAD' then 'failed' end;
  if what is not null then
    insert into happenings (tenant_id, what, event_id, action_id) values (new.tenant_id, new.kind || '.' || what, new.event_id, new.id);
  end if;
  return null;
end $$;
create trigger note_action after update of state on actions for each row when (new.state is distinct from old.state) execute function note_action();

-- The tenants for whom there is something to look at, to hand on, or to send now.
create function tenants_with_happenings() returns setof text
language sql stable security definer set search_path from current
as $$
  select distinct tenant_id from happenings
  union
  select distinct tenant_id from escalations where ended_at is null and due_at <= now()
  union
  select distinct tenant_id from messages where state = 'HELD' and next_attempt_at <= now()
$$;
create function tenants_with_due_messages() returns setof text
language sql stable security definer set search_path from current
as $$
  select distinct tenant_id from messages where state = 'PLANNED' and next_attempt_at <= now()
$$;
-- Channels and subscriptions whose credentials an older key has sealed.
create function notify_sealed_with_other_keys(key_name bytea, most int) returns table (tenant_id text, id uuid)
language sql stable security definer set search_path from current
as $$
  select c.tenant_id, c.id from notification_channels c
   where c.credentials is not null and substring(c.credentials from 2 for 4) <> key_name
  union all
  select s.tenant_id, s.id from webhook_subscriptions s
   where s.credentials is not null and substring(s.credentials from 2 for 4) <> key_name
  limit most
$$;
do $$
declare
  f text;
begin
  foreach f in array array['tenants_with_happenings()','tenants_with_due_messages()','notify_sealed_with_other_keys(bytea, int)'] loop
    execute format('revoke execute on function %s from public', f);
    execute format('grant execute on function %s to hub_app', f);
  end loop;
end $$;
