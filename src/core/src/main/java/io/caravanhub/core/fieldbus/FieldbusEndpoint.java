package io.caravanhub.core.fieldbus;

import java.time.Duration;
import org.apache.camel.Category;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriPath;
import org.apache.camel.support.DefaultEndpoint;

/**
 * Read field devices at their intervals over Modbus, OPC UA and the like.
 *
 * <p>Each poll is one exchange: the body is the canonical JSON shape with measurements, as bytes. A
 * device that cannot be read yields measurements of quality bad with the reason. What a device says
 * of its alarms is an exchange with the header {@code hub-kind: event}. An exchange that fails is
 * tried again, in order.
 */
@UriEndpoint(
    firstVersion = "0.1.0",
    scheme = "fieldbus",
    title = "Fieldbus",
    syntax = "fieldbus:protocol",
    consumerOnly = true,
    category = {Category.IOT},
    headersClass = FieldbusConstants.class)
public class FieldbusEndpoint extends DefaultEndpoint {
  @UriPath(
      description = "How the devices are read.",
      enums = "modbus-tcp,modbus-rtu-tcp,modbus-rtu,opcua,bacnet")
  @Metadata(required = true)
  private String protocol = "modbus-tcp";

  @UriParam(
      description = "How often the list of connections is looked at, in milliseconds.",
      defaultValue = "2000")
  private long refresh = 2000;

  @UriParam(
      description = "Longest wait for one answer of a device, in milliseconds.",
      defaultValue = "2000")
  private long timeout = 2000;

  @UriParam(
      description =
          "Longest time for connecting, and for a poll as a whole, in milliseconds; Modbus adds a"
              + " timeout for each of its requests.",
      defaultValue = "5000")
  private long deadline = 5000;

  @UriParam(
      description = "Pause after the first failure, in milliseconds; it doubles with each failure.",
      defaultValue = "1000")
  private long minBackOff = 1000;

  @UriParam(description = "Longest pause after a failure, in milliseconds.", defaultValue = "30000")
  private long maxBackOff = 30_000;

  @UriParam(
      label = "advanced",
      description = "How many readings of a device may wait while the route fails.",
      defaultValue = "300")
  private int queueSize = 300;

  @UriParam(
      label = "advanced",
      description = "Threads that run the route, for all devices together.",
      defaultValue = "4")
  private int workers = 4;

  public FieldbusEndpoint(String uri, FieldbusComponent component) {
    super(uri, component);
  }

  @Override
  public FieldbusComponent getComponent() {
    return (FieldbusComponent) super.getComponent();
  }

  @Override
  public Producer createProducer() {
    throw new UnsupportedOperationException("fieldbus: cannot be sent to");
  }

  @Override
  public Consumer createConsumer(Processor processor) throws Exception {
    FieldbusConsumer consumer = new FieldbusConsumer(this, processor);
    configureConsumer(consumer);
    return consumer;
  }

  PollTiming timing() {
    return new PollTiming(Duration.ofMillis(timeout), Duration.ofMillis(deadline), backOff());
  }

  BackOff backOff() {
    return new BackOff(Duration.ofMillis(minBackOff), Duration.ofMillis(maxBackOff));
  }

  public String getProtocol() {
    return protocol;
  }

  /** How the devices are read: for instance modbus-tcp. */
  public void setProtocol(String protocol) {
    this.protocol = protocol;
  }

  public long getRefresh() {
    return refresh;
  }

  /** How often the list of connections is looked at, in milliseconds. */
  public void setRefresh(long refresh) {
    this.refresh = refresh;
  }

  public long getTimeout() {
    return timeout;
  }

  /** Longest wait for one answer of a device, in milliseconds. */
  public void setTimeout(long timeout) {
    this.timeout = timeout;
  }

  public long getDeadline() {
    return deadline;
  }

  /** Longest time for connecting, and for a poll as a whole, in milliseconds. */
  public void setDeadline(long deadline) {
    this.deadline = deadline;
  }

  public long getMinBackOff() {
    return minBackOff;
  }

  /** Pause after the first failure, in milliseconds; it doubles with each failure. */
  public void setMinBackOff(long minBackOff) {
    this.minBackOff = minBackOff;
  }

  public long getMaxBackOff() {
    return maxBackOff;
  }

  /** Longest pause after a failure, in milliseconds. */
  public void setMaxBackOff(long maxBackOff) {
    this.maxBackOff = maxBackOff;
  }

  public int getQueueSize() {
    return queueSize;
  }

  /** How many readings of a device may wait while the route fails. */
  public void setQueueSize(int queueSize) {
    this.queueSize = queueSize;
  }

  public int getWorkers() {
    return workers;
  }

  /** Threads that run the route, for all devices together. */
  public void setWorkers(int workers) {
    this.workers = workers;
  }
}
