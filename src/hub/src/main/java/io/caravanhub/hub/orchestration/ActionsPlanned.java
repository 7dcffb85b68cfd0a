package io.caravanhub.hub.orchestration;

/** Published to the application after a commit that planned actions. */
public record ActionsPlanned(String tenant) {}
