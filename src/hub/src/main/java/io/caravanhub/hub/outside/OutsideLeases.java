package io.caravanhub.hub.outside;

import io.caravanhub.core.mqtt.BrokerLeases;
import io.caravanhub.hub.database.SideConnection;
import io.caravanhub.hub.lease.HubLeases;
import io.caravanhub.hub.rules.RuleEngine;
import io.caravanhub.hub.sparkplug.SparkplugHost;
import java.net.URI;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.stereotype.Component;

/**
 * A lease for each broker outside, told apart by address, and client ids of the installation: all
 * hubs on one database are the same client, one of them at a time. Thread-safe.
 */
@Component("brokerLeases")
public final class OutsideLeases implements BrokerLeases {
  private static final String PREFIX = "mqtt ";

  private final HubLeases leases;
  private final SideConnection database;
  private final Runnable forget;
  private final Map<String, OutsideLease> known = new ConcurrentHashMap<>();

  /** What Sparkplug and rules remember is forgotten when another hub had a lease meanwhile. */
  OutsideLeases(
      HubLeases leases, SideConnection database, SparkplugHost sparkplug, RuleEngine rules) {
    this.leases = leases;
    this.database = database;
    this.forget =
        () -> {
          sparkplug.forget();
          rules.forget();
        };
    leases.onGain(
        name -> {
          OutsideLease lease = known.get(name);
          if (lease != null) {
            lease.gained();
          }
        });
  }

  @Override
  public OutsideLease of(String brokerUrl) {
    return known.computeIfAbsent(
        name(brokerUrl), name -> new OutsideLease(name, installation(), leases, forget));
  }

  /** One broker, however its address is written: {@code mqtt broker.example.com:8883}. */
  static String name(String brokerUrl) {
    URI url = URI.create(brokerUrl);
    int usual = url.getScheme().matches("ssl|mqtts") ? 8883 : 1883;
    return PREFIX
        + String.valueOf(url.getHost()).toLowerCase(Locale.ROOT)
        + ":"
        + (url.getPort() > 0 ? url.getPort() : usual);
  }

  private String installation() {
    try {
      return database.call(
          connection -> {
            try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select id::text from installation")) {
              row.next();
              return "hub-" + row.getString(1);
            }
          });
    } catch (SQLException e) {
      throw new IllegalStateException(
          "the installation's id cannot be read from the database: " + e.getMessage(), e);
    }
  }
}
