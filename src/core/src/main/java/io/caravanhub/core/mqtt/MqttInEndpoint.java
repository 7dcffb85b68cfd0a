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

  @UriParam(defaultValue = "1")
  private int qos = 1;

  @UriParam(defaultValue = "500")
  private int inFlight = 500;

  @UriParam(defaultValue = "604800")
  private long sessionExpiryInterval = 604_800;

  @UriParam(defaultValue = "1000")
  private long retryMillis = 1_000;

  public MqttInEndpoint(String uri, MqttInComponent component) {
    super(uri, component);
  }

  @Override
  public Producer createProducer() {
    throw new UnsupportedOperationException("mqtt-in: only consumes");
  }

  @Override
  public Consumer createConsumer(Processor processor) throws Exception {
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
   * Under which the broker keeps the session; must stay the same, and be nobody else's. Default:
   * the id of this hub's home and the route's.
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

  /** How many messages may be on the way unacknowledged (the MQTT 5 receive maximum). */
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
