-- What the metric catalogue says beside unit and range. Its rows (without a tenant) are kept like the file metrics.csv of the core, after
-- every migration; a tenant's own metrics leave these empty.
alter table metrics
  add column trade text not null default '',
  add column data_type text not null default '',
  add column haystack text[] not null default '{}',
  add column brick text not null default '';
