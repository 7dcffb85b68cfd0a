package io.caravanhub.hub.api;

/**
 * One message of a request that was refused.
 *
 * @param index its place in the request's array, from 0
 * @param field the field at fault
 * @param reason what was expected and what came
 */
public record Rejected(int index, String field, String reason) {}
