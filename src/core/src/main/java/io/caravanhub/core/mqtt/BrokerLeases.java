package io.caravanhub.core.mqtt;

/** The leases of a process that is one of several before the same brokers. Thread-safe. */
@FunctionalInterface
public interface BrokerLeases {
  /**
   * The lease of a broker, always the same object for the same broker.
   *
   * @param brokerUrl {@code tcp://host:port} or {@code ssl://host:port}
   */
  BrokerLease of(String brokerUrl);
}
