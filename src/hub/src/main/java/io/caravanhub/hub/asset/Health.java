package io.caravanhub.hub.asset;

import java.util.List;

/**
 * An asset's health.
 *
 * @param score 0 to 100
 * @param reasons what took points, most first
 * @param undecided rules that lacked the values they need
 */
record Health(double score, Band band, List<HealthReason> reasons, List<String> undecided) {}
