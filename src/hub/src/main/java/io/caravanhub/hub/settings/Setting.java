package io.caravanhub.hub.settings;

import org.jspecify.annotations.Nullable;

/**
 * One setting: its environment variable, its default and what kind of value it takes. In hub.yaml
 * the same names are the keys.
 */
public enum Setting {
  HUB_HOME(Kind.FOLDER, "./.hub", "data folder: embedded database, keys, admin.token"),
  HUB_BIND(Kind.TEXT, "127.0.0.1", "address that every listener binds to"),
  HUB_HTTP_PORT(Kind.PORT, "8080", "port of the REST API, the console and the webhooks"),
  HUB_MQTT_PORT(Kind.PORT, "1883", "port of the embedded MQTT broker"),
  HUB_MQTTS_PORT(Kind.PORT, "8883", "port of the embedded MQTT broker with TLS"),
  HUB_MQTTS_CERT(
      Kind.FILE,
      null,
      "certificate chain of that listener: PEM, or a PKCS #12 keystore; unset: the hub makes its own under HUB_HOME/tls"),
  HUB_MQTTS_KEY(Kind.FILE, null, "its private key in PEM; unset: in the same file"),
  HUB_MQTTS_KEY_PASSWORD(Kind.SECRET, null, "password of the PKCS #12 keystore"),
  HUB_MQTTS_CLIENT_CA(
      Kind.FILE,
      null,
      "PEM of the authorities that sign devices' certificates, besides the hub's own"),
  HUB_DB_URL(
      Kind.TEXT,
      null,
      "jdbc:postgresql://… of a PostgreSQL server; unset: embedded, kept under HUB_HOME"),
  HUB_DB_USER(Kind.TEXT, null, "user that owns the schema on that server"),
  HUB_DB_PASSWORD(Kind.SECRET, null, "its password"),
  HUB_MQTT_URL(
      Kind.URL,
      null,
      "tcp://host:port or ssl://host:port of an external MQTT broker; unset: the embedded one"),
  HUB_MQTT_USER(Kind.TEXT, null, "the hub's user at that broker"),
  HUB_MQTT_PASSWORD(Kind.SECRET, null, "its password"),
  HUB_MQTT_CA(
      Kind.FILE,
      null,
      "PEM of the authorities that sign that broker's certificate; unset: those of the JDK"),
  HUB_KAFKA(Kind.TEXT, null, "bootstrap servers; unset: the stages run in one process"),
  HUB_KAFKA_CREATE_TOPICS(
      Kind.FLAG, "true", "let the hub make its topics; false: it only looks whether they fit"),
  HUB_KAFKA_PARTITIONS(Kind.NUMBER, "12", "partitions of each topic, and so the most consumers"),
  HUB_KAFKA_REPLICATION(
      Kind.NUMBER, null, "copies of each partition; unset: what the brokers do by default"),
  HUB_KAFKA_RETENTION_HOURS(Kind.NUMBER, "72", "hours that topics made by the hub keep records"),
  HUB_KAFKA_CONSUMERS(
      Kind.NUMBER, "2", "consumers of this hub for each stage; more use more cores"),
  HUB_KAFKA_SESSION_MS(
      Kind.NUMBER,
      "6000",
      "milliseconds of silence after which a hub's partitions go to another; brokers take no less than their group.min.session.timeout.ms"),
  HUB_KAFKA_SECURITY_PROTOCOL(Kind.TEXT, "PLAINTEXT", "PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL"),
  HUB_KAFKA_SASL_MECHANISM(Kind.TEXT, "SCRAM-SHA-512", "PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512"),
  HUB_KAFKA_USER(Kind.TEXT, null, "the hub's user at that Kafka, with SASL"),
  HUB_KAFKA_PASSWORD(Kind.SECRET, null, "its password"),
  HUB_KAFKA_TRUSTSTORE(
      Kind.FILE,
      null,
      "authorities that sign the brokers' certificates: PEM, .p12 or .jks; unset: those of the JDK"),
  HUB_KAFKA_TRUSTSTORE_PASSWORD(Kind.SECRET, null, "its password, if it has one"),
  HUB_KAFKA_KEYSTORE(
      Kind.FILE, null, "the hub's own certificate and key for TLS: PEM, .p12 or .jks"),
  HUB_KAFKA_KEYSTORE_PASSWORD(Kind.SECRET, null, "its password, if it has one"),
  HUB_INGEST_KAFKA(
      Kind.TEXT,
      null,
      "bootstrap servers of a customer's Kafka to take telemetry from; unset: none"),
  HUB_INGEST_KAFKA_TOPIC(
      Kind.TEXT, "telemetry", "its topic, or several with commas between; key = device"),
  HUB_INGEST_KAFKA_TENANT(Kind.TEXT, "default", "whose telemetry that is"),
  HUB_INGEST_AMQP(
      Kind.URL, null, "amqp://host:port of an AMQP 1.0 broker to take telemetry from; unset: none"),
  HUB_INGEST_AMQP_QUEUE(Kind.TEXT, "telemetry", "its queue"),
  HUB_INGEST_AMQP_USER(Kind.TEXT, null, "the hub's user at that broker"),
  HUB_INGEST_AMQP_PASSWORD(Kind.SECRET, null, "its password"),
  HUB_INGEST_AMQP_TENANT(Kind.TEXT, "default", "whose telemetry that is"),
  HUB_COAP_PORT(Kind.PORT, null, "UDP port of the CoAP server, usually 5683; unset: none"),
  HUB_COAPS_PORT(
      Kind.PORT, null, "UDP port of the CoAP server with DTLS, usually 5684; unset: none"),
  HUB_COAPS_PSK(
      Kind.SECRET, null, "identity:key that gateways and devices share for DTLS, the key in hex"),
  HUB_SECRET_KEY(
      Kind.SECRET,
      null,
      "32 bytes in base64 that seal the credentials of connections, older ones after it with commas between; unset: connections.key under HUB_HOME"),
  HUB_PUBLIC_URL(
      Kind.URL,
      null,
      "address under which browsers and OEM clouds reach the hub; unset: the one that the browser used"),
  HUB_DROP_FOLDER(
      Kind.FOLDER,
      null,
      "folder below which connections may read files, in a folder of each tenant; unset: none may"),
  HUB_WEBHOOK_PROXIES(
      Kind.TEXT,
      null,
      "addresses of proxies in CIDR notation whose X-Forwarded-For is believed for webhooks; unset: none"),
  HUB_WEBHOOK_CERTIFICATE_HEADER(
      Kind.TEXT,
      null,
      "header in which those proxies hand on the client's certificate or its SHA-256; unset: none"),
  HUB_LIMIT_TENANT(Kind.NUMBER, "500000", "readings a second that a tenant may send"),
  HUB_LIMIT_DEVICE(Kind.NUMBER, "100000", "readings a second that a device may send"),
  HUB_FSM_URL(
      Kind.URL,
      null,
      "base URL of the field-service management system; unset: actions wait in the outbox"),
  HUB_FSM_ALLOW_PRIVATE(
      Kind.FLAG,
      "false",
      "let the FSM connections of tenants be at private and loopback addresses"),
  HUB_NOTIFY_ALLOW_PRIVATE(
      Kind.FLAG,
      "false",
      "let webhooks, chats and SMS gateways be at private and loopback addresses"),
  HUB_ROUTES(Kind.FOLDER, "./routes", "folder of the route files"),
  HUB_CONNECTORS(Kind.FOLDER, "./connectors", "folder of the connectors"),
  HUB_MAPPINGS(Kind.FOLDER, "./mappings", "folder of the device mappings"),
  HUB_RULES(Kind.FOLDER, "./rules", "folder of the rule files"),
  HUB_RETENTION_DAYS(Kind.DAYS, "400", "days that telemetry is kept; older readings are refused"),
  HUB_ROLLUP_DAYS(
      Kind.DAYS, "1100", "days that rollups of 1 and 15 minutes are kept; hours and days stay"),
  HUB_COMPRESS_DAYS(Kind.DAYS, "7", "days after which telemetry is compressed, on TimescaleDB"),
  HUB_ARCHIVE(
      Kind.TEXT,
      null,
      "file:/folder or s3://bucket/prefix that takes telemetry as Parquet before it is dropped"),
  HUB_ARCHIVE_ENDPOINT(Kind.URL, null, "S3-compatible server; unset: AWS"),
  HUB_ARCHIVE_REGION(Kind.TEXT, "us-east-1", "its region"),
  HUB_ARCHIVE_KEY(Kind.TEXT, null, "access key; unset: what the AWS SDK finds by itself"),
  HUB_ARCHIVE_SECRET(Kind.SECRET, null, "its secret"),
  HUB_ROLES(
      Kind.TEXT,
      null,
      "what this hub does of ingest, pipeline, orchestrate, poll, api, console, with commas between; unset: all"),
  HUB_CONSOLE_OPEN(
      Kind.FLAG,
      "false",
      "show the console read-only without a login to this machine's own browser"),
  HUB_LOG_FORMAT(Kind.TEXT, "text", "text or json"),
  HUB_OTEL_ENDPOINT(
      Kind.URL, null, "collector that takes traces by OTLP over HTTP; unset: no traces"),
  HUB_OTEL_RATIO(Kind.RATIO, "1", "part of the traces that is recorded, from 0 to 1");

  /** What a value must look like. */
  enum Kind {
    TEXT,
    SECRET,
    PORT,
    DAYS,
    NUMBER,
    RATIO,
    FOLDER,
    FILE,
    URL,
    FLAG
  }

  final Kind kind;
  final @Nullable String byDefault;
  final String meaning;

  Setting(Kind kind, @Nullable String byDefault, String meaning) {
    this.kind = kind;
    this.byDefault = byDefault;
    this.meaning = meaning;
  }

  /** The default as text, or null when unset means something of its own. */
  public @Nullable String byDefault() {
    return byDefault;
  }

  /** One line for --help. */
  public String meaning() {
    return meaning;
  }

  /** Whether it is a password or key, which may also be given as {@code NAME_FILE}. */
  public boolean isSecret() {
    return kind == Kind.SECRET;
  }

  /** The Spring and Camel property: {@code HUB_HTTP_PORT} is {@code hub.http.port}. */
  public String property() {
    return name().toLowerCase(java.util.Locale.ROOT).replace('_', '.');
  }
}
