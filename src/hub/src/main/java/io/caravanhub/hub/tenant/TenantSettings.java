package io.caravanhub.hub.tenant;

/**
 * What a tenant has set for itself, defaults filled in.
 *
 * @param autoRegister whether virtual devices that nobody registered are made when they speak
 * @param rawArchive whether messages are kept as received
 * @param rawDays how many days they are kept
 * @param letterDays how many days dead letters are kept
 * @param alarmCount how many new dead letters within {@code alarmMinutes} are worth a notice; 0 for
 *     never
 */
public record TenantSettings(
    boolean autoRegister,
    boolean rawArchive,
    int rawDays,
    int letterDays,
    int alarmCount,
    int alarmMinutes) {}
