package io.caravanhub.core.mqtt;

import org.apache.camel.Category;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriPath;
import org.apache.camel.support.DefaultEndpoint;
import org.jspecify.annotations.Nullable;

/**
 * Take messages from an MQTT 5 broker, acknowledged to it when the exchange is done.
 *
 * <p>A failed exchange is tried again, unacknowledged, until it succeeds or the connection ends;
 * then the broker delivers the message anew. As many messages are on the way at once as the broker
 * may send without acknowledgement.
 */
@UriEndpoint(
    firstVersion = "0.1.0",
    scheme = "mqtt-in",
    title = "MQTT In",
    syntax = "mqtt-in:topicFilters",
    consumerOnly = true,
    category = {Category.IOT, Category.MESSAGING},
    headersClass = MqttInConstants.class)
public class MqttInEndpoint extends DefaultEndpoint {
  @UriPath
  @Metadata(required = true)
  private String topicFilters = "";

  @UriParam
  @Metadata(required = true)
  private String brokerUrl = "";

  @UriParam private @Nullable String clientId;

  @UriParam(label = "security")
  private @Nullable String userName;

  @UriParam(label = "security", secret = true)
  private @Nullable String password;

  @UriParam(label = "security")
  private @Nullable String authorities;

  @UriParam private @Nullable String share;

  @UriParam(label = "advanced")
  private @Nullable BrokerLeases leases;

  @UriParam(defaultValue = "1")
  private int qos = 1;

  @UriParam(defaultValue = "65535")
  private int inFlight = 65_535;

  @UriParam(defaultValue = "604800")
  private long sessionExpiryInterval = 604_800;

  @UriParam(defaultValue = "1000")
  private long retryMillis = 1_000;

  public MqttInEndpoint(String uri, MqttInComponent component) {
    super(uri, component);
  }

  /** What client ids of this process alone begin with. */
  String ownId() {
    return clientId == null ? "caravan-hub" : clientId;
  }

  @Override
  public Producer createProducer() {
    throw new UnsupportedOperationException("mqtt-in: only consumes");
  }

  @Override
  public Consumer createConsumer(Processor processor) throws Exception {
    if (leases != null && share != null) {
      throw new IllegalArgumentException(
          "mqtt-in: share deals the messages out and leases give them to one: set one of them");
    }
    MqttInConsumer consumer = new MqttInConsumer(this, processor);
    configureConsumer(consumer);
    return consumer;
  }

  public String getTopicFilters() {
    return topicFilters;
  }

  /** MQTT topic filters, separated by commas. */
  public void setTopicFilters(String topicFilters) {
    this.topicFilters = topicFilters;
  }

  public String getBrokerUrl() {
    return brokerUrl;
  }

  /** {@code tcp://host:port}, or {@code ssl://host:port} for TLS. */
  public void setBrokerUrl(String brokerUrl) {
    this.brokerUrl = brokerUrl;
  }

  public @Nullable String getClientId() {
    return clientId;
  }

  /**
   * This process's own, with which it publishes. Without leases the broker keeps the session under
   * it, too: it must stay the same, and be nobody else's.
   */
  public void setClientId(@Nullable String clientId) {
    this.clientId = clientId;
  }

  public @Nullable String getUserName() {
    return userName;
  }

  /** The hub's user at that broker. */
  public void setUserName(@Nullable String userName) {
    this.userName = userName;
  }

  public @Nullable String getPassword() {
    return password;
  }

  /** The password of that user. */
  public void setPassword(@Nullable String password) {
    this.password = password;
  }

  public @Nullable String getAuthorities() {
    return authorities;
  }

  /** PEM file of the authorities that sign the broker's certificate. Default: those of the JDK. */
  public void setAuthorities(@Nullable String authorities) {
    this.authorities = authorities;
  }

  public @Nullable String getShare() {
    return share;
  }

  /** Name of the group that shares the messages (MQTT 5.0, 4.8.2); each gets its own when unset. */
  public void setShare(@Nullable String share) {
    this.share = share;
  }

  public @Nullable BrokerLeases getLeases() {
    return leases;
  }

  /**
   * Of several processes with these leases one at a time takes the messages, in the order of the
   * broker; the session is under the lease's client id. Not to be set together with share.
   */
  public void setLeases(@Nullable BrokerLeases leases) {
    this.leases = leases;
  }

  public int getQos() {
    return qos;
  }

  /** The highest quality of service that messages are delivered with. */
  public void setQos(int qos) {
    this.qos = qos;
  }

  public int getInFlight() {
    return inFlight;
  }

  /**
   * How many messages may be on the way unacknowledged (the MQTT 5 receive maximum). Default: as
   * many as the broker's own limit allows. One that is not kept by the broker, as by Mosquitto
   * 2.0.11 after a reconnect, ends the connection.
   */
  public void setInFlight(int inFlight) {
    this.inFlight = inFlight;
  }

  public long getSessionExpiryInterval() {
    return sessionExpiryInterval;
  }

  /** Seconds for which the broker keeps the session, and its messages, while the hub is away. */
  public void setSessionExpiryInterval(long sessionExpiryInterval) {
    this.sessionExpiryInterval = sessionExpiryInterval;
  }

  public long getRetryMillis() {
    return retryMillis;
  }

  /** Pause before a failed exchange is tried again. */
  public void setRetryMillis(long retryMillis) {
    this.retryMillis = retryMillis;
  }
}
