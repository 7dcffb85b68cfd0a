package io.caravanhub.hub.outside;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.core.telemetry.TelemetryHeaders;
import io.caravanhub.core.telemetry.TelemetryTopic;
import io.caravanhub.hub.AnotherHub;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;

/** What the hubs before one broker have stored, as it came to them. */
final class Arrivals {
  private static final Pattern NUMBER = Pattern.compile("\"n\":(\\d+)");

  private final List<Arrival> all = new CopyOnWriteArrayList<>();

  /** A message that a hub is about to acknowledge. */
  record Arrival(String hub, String device, int number) {}

  /** Has a hub take telemetry by a route like its own, and note what is stored. */
  void note(AnotherHub hub, String name, String url) throws Exception {
    hub.bean(CamelContext.class)
        .addRoutes(
            new RouteBuilder() {
              @Override
              public void configure() {
                from("mqtt-in:t/default/d/+/telemetry?brokerUrl="
                        + url
                        + "&clientId="
                        + name
                        + "&leases=#brokerLeases")
                    .routeId("arrivals")
                    .routeGroup("ingest")
                    .process(
                        exchange ->
                            exchange.setProperty("n", exchange.getMessage().getBody(String.class)))
                    .bean(new TelemetryTopic(), "read")
                    .process(
                        exchange ->
                            exchange.setProperty(
                                "device", exchange.getMessage().getHeader(TelemetryHeaders.DEVICE)))
                    .to("{{channel.raw.to}}")
                    .process(exchange -> add(name, exchange));
              }
            });
  }

  private void add(String hub, Exchange exchange) {
    Matcher number = NUMBER.matcher(exchange.getProperty("n", "", String.class));
    assertThat(number.find()).isTrue();
    all.add(
        new Arrival(
            hub,
            exchange.getProperty("device", "", String.class),
            Integer.parseInt(number.group(1))));
  }

  /** Of a device, in the order in which they were stored, by all hubs. */
  List<Arrival> of(String device) {
    return all.stream().filter(arrival -> arrival.device.equals(device)).toList();
  }

  /** The numbers of a device, as they came. */
  List<Integer> numbers(String device) {
    return new ArrayList<>(of(device).stream().map(Arrival::number).toList());
  }
}
